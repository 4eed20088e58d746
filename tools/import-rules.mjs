/**
 * Who may import whom (docs/design.md, "Folders"; the layers themselves stand in layers.mjs): reads every source file's
 * imports, types included, and says which break a rule. It must never guess: what it cannot parse or resolve is an error.
 *
 * Why not dependency-cruiser: it reads TypeScript through the compiler's programming interface, which TypeScript 7 no
 * longer has, and its other parser (swc) cannot read .tsx. This uses the parser that bundles the project anyway.
 *
 *   node tools/import-rules.mjs
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor } from "rolldown/utils";
import { filesBelow, ROOT } from "./host.mjs";
import { PAGE, PORTABLE_PACKAGES, PURE, packageOf, REALM_PACKAGES, REALMS } from "./layers.mjs";

const FOLDERS = ["app", "engine", "guests", "e2e", "bench", "tools"];
const SOURCE = /\.(?:ts|tsx|mts|mjs|js)$/;

/** Tests and their helpers may reach across layers: they stand outside the system they test. */
export const isTest = (file) => /\.test\.tsx?$/.test(file) || file.includes("/testing/");
const within = (folders) => (file) => folders.some((folder) => file.startsWith(`${folder}/`));
const inBrowser = within(["app", "engine"]);

/** Started before `npm ci`, so they have nothing but Node. */
const PLAIN_FILES = [
  "build",
  "check",
  "host",
  "hygiene",
  "lock-platforms",
  "progress",
  "reports",
  "serve",
  "setup",
  "start",
  "test",
].map((name) => `tools/${name}.mjs`);

/**
 * @typedef {{from: string, line: number, kind: "import" | "worker", text: string, file?: string, package?: string,
 *   builtin?: boolean}} Edge
 *   one import: `file` is a path of ours, `package` an npm package; neither if it leads nowhere. "worker": the address of
 *   a source file made with new URL(…, import.meta.url).
 */

/** A rule about one layer: the folders and packages that its code may import, tests aside. */
const layer = (name, from, folders, packages) => ({
  name,
  says: `imports only ${folders.join(", ")}${packages ? ` and ${packages.join(", ")}` : ""}`,
  applies: (edge) => edge.kind === "import" && within(from)(edge.from) && !isTest(edge.from),
  allows: (edge) =>
    edge.file !== undefined
      ? within(folders)(edge.file) || !within(FOLDERS)(edge.file)
      : edge.package === undefined || !packages || packages.includes(edge.package),
});

/** Every rule: where it applies, what it allows, and how it puts it. */
export const RULES = [
  {
    name: "resolvable",
    says: "each import leads to a file, written with its extension, or to an installed package",
    applies: () => true,
    allows: (edge) => edge.file !== undefined || edge.package !== undefined || edge.builtin === true,
  },
  layer("pure", PURE, PURE, PORTABLE_PACKAGES),
  ...REALMS.map((realm) =>
    layer(
      realm.replace("engine/", "realm-"),
      [realm],
      [realm, ...PURE],
      [...PORTABLE_PACKAGES, ...(REALM_PACKAGES[realm] ?? [])],
    ),
  ),
  layer("lab", ["engine/lab"], ["engine/lab", ...PURE], PORTABLE_PACKAGES),
  layer("scenarios", ["engine/scenarios"], ["engine/scenarios", "engine/lab", ...PURE], PORTABLE_PACKAGES),
  layer("app", ["app"], [...PAGE, ...PURE], undefined),
  {
    name: "app-no-emulator",
    says: "guests run in vm workers, never in the page",
    applies: (edge) => within(["app"])(edge.from),
    allows: (edge) => edge.package !== "v86",
  },
  {
    name: "measured-launch",
    says: "only engine/lab starts workers by address, and only those of factory and physical; all others are measured first",
    applies: (edge) => edge.kind === "worker" && edge.file !== undefined && inBrowser(edge.from) && !isTest(edge.from),
    allows: (edge) =>
      edge.from.startsWith("engine/lab/") &&
      ["engine/factory/main.ts", "engine/physical/main.ts"].includes(edge.file ?? ""),
  },
  {
    name: "no-node",
    says: "what runs in a browser has no modules of Node's",
    applies: (edge) => inBrowser(edge.from) && !isTest(edge.from),
    allows: (edge) => edge.builtin !== true,
  },
  {
    name: "no-test-helpers",
    says: "helpers of tests stay with tests",
    applies: (edge) => inBrowser(edge.from) && !isTest(edge.from),
    allows: (edge) => edge.file === undefined || !isTest(edge.file),
  },
  {
    name: "nothing-from-outside",
    says: "app/ and engine/, tests included, import nothing from e2e/, bench/ or tools/",
    applies: (edge) => inBrowser(edge.from),
    allows: (edge) => edge.file === undefined || !within(["e2e", "bench", "tools"])(edge.file),
  },
  {
    name: "plain-node",
    says: "what runs before npm ci uses nothing but Node",
    applies: (edge) => PLAIN_FILES.includes(edge.from),
    allows: (edge) => edge.package === undefined,
  },
];

/** The imports of one file, as written: text, line, kind. */
export function importsOf(file, source) {
  const language = file.endsWith(".tsx") ? "tsx" : /\.m?ts$/.test(file) ? "ts" : "js";
  const { program, errors } = parseSync(file, source, { lang: language, sourceType: "module" });
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const found = [];
  const add = (node, kind) => {
    const text = node?.type === "Literal" ? node.value : undefined;
    const fixed =
      node?.type === "TemplateLiteral" && node.expressions.length === 0 ? node.quasis[0].value.cooked : text;
    if (typeof fixed !== "string") return;
    found.push({ text: fixed, kind, line: source.slice(0, node.start).split("\n").length });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, "import"),
    ExportAllDeclaration: (node) => add(node.source, "import"),
    ExportNamedDeclaration: (node) => add(node.source, "import"),
    ImportExpression: (node) => add(node.source, "import"),
    TSImportType: (node) => add(node.source ?? node.argument, "import"),
    NewExpression: (node) => {
      const [address, base] = node.arguments;
      const relative = base?.type === "MemberExpression" && base.object.type === "MetaProperty";
      const value = address?.type === "Literal" ? String(address.value) : "";
      if (node.callee.name === "URL" && relative && SOURCE.test(value)) add(address, "worker");
    },
  }).visit(program);
  return found;
}

/** Where an import leads. */
function resolve(root, from, { text, ...rest }) {
  const edge = { ...rest, from, text };
  const address = text.replace(/\?.*$/, "");
  if (address.startsWith(".")) {
    const file = path.posix.normalize(path.posix.join(path.posix.dirname(from), address));
    return statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile() ? { ...edge, file } : edge;
  }
  if (isBuiltin(address)) return { ...edge, builtin: true };
  const name = packageOf(address);
  return existsSync(path.join(root, "node_modules", name)) ? { ...edge, package: name } : edge;
}

/** One cycle of each group of files that import each other, as lists of files. */
function cycles(edges) {
  const next = new Map();
  for (const { from, file, kind } of edges) {
    if (file === undefined || kind !== "import") continue;
    if (!next.has(from)) next.set(from, []);
    next.get(from).push(file);
  }
  const found = [];
  const done = new Set();
  const onPath = [];
  const visit = (file) => {
    if (done.has(file)) return;
    const at = onPath.indexOf(file);
    if (at >= 0) {
      found.push([...onPath.slice(at), file]);
      return;
    }
    onPath.push(file);
    for (const target of next.get(file) ?? []) visit(target);
    onPath.pop();
    done.add(file);
  };
  for (const file of next.keys()) visit(file);
  return found;
}

/**
 * What breaks a rule, as sentences.
 * @param {string} [root]
 * @returns {{rule: string, message: string}[]}
 */
export function brokenRules(root = ROOT) {
  const files = FOLDERS.flatMap((folder) =>
    filesBelow(path.join(root, folder)).map((name) => `${folder}/${name}`),
  ).filter((file) => SOURCE.test(file));
  const edges = files.flatMap((file) =>
    importsOf(file, readFileSync(path.join(root, file), "utf8")).map((found) => resolve(root, file, found)),
  );
  const broken = edges.flatMap((edge) =>
    RULES.filter((rule) => rule.applies(edge) && !rule.allows(edge)).map(({ name, says }) => ({
      rule: name,
      message: `${edge.from}:${edge.line} imports "${edge.text}". ${name}: ${says}.`,
    })),
  );
  for (const cycle of cycles(edges)) {
    broken.push({ rule: "no-cycles", message: `Files import each other: ${cycle.join(" -> ")}. They are one idea.` });
  }
  return broken;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const broken = brokenRules();
  for (const { message } of broken) console.log(message);
  if (broken.length > 0) process.exitCode = 1;
}
