/**
 * Builds the bundles that the machine measures before it starts them: firmware, loader, TVMM (release and debug), vm
 * worker, chip, and v86.wasm beside them, with a manifest of digests and sizes. Each is one ES module that needs
 * nothing else (a module made from a blob: URL cannot import by relative path), and the same sources give the same
 * bytes in any folder. It must never let a bundle contain code of another realm: the list of modules is checked.
 *
 *   node tools/measured.mjs [--out FOLDER]
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { realmAllows, strangers } from "./layers.mjs";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Version of all measured bundles, the one that vendors certify. */
export const MEASURED_VERSION = "1.0.0";

/**
 * @typedef {{name: string, path: string, size: number, sha256: string, product: string, version: string,
 *   endorsed: boolean}} MeasuredFile
 * @typedef {{format: string, version: string, files: MeasuredFile[]}} MeasuredManifest
 */

/** In the order in which they must be built: the TVMM's bundles hold the digests of the vm worker and of v86.wasm. */
export const BUNDLES = [
  {
    name: "firmware",
    entry: "engine/boot/firmware.ts",
    realm: "engine/boot",
    product: "Terra firmware",
    endorsed: true,
  },
  { name: "loader", entry: "engine/boot/loader.ts", realm: "engine/boot", product: "Terra loader", endorsed: true },
  { name: "vm", entry: "engine/vm/main.ts", realm: "engine/vm", product: "Terra vm worker", endorsed: false },
  { name: "tvmm.release", entry: "engine/tvmm/main.ts", realm: "engine/tvmm", product: "Terra TVMM", endorsed: true },
  {
    name: "tvmm.debug",
    entry: "engine/tvmm/main.ts",
    realm: "engine/tvmm",
    product: "Terra TVMM debug",
    endorsed: false,
  },
  { name: "chip", entry: "engine/chip/main.ts", realm: "engine/chip", product: "Terra chip", endorsed: false },
];

/** What v86 mentions for the sake of Node. In a browser these branches are dead, so they may as well find nothing. */
const EMPTY = /^(?:node:)?(?:crypto|fs|fs\/promises|perf_hooks|url|path)$/;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Stands in for modules of Node's. */
const emptyNodeModules = {
  name: "terra-empty-node-modules",
  resolveId: (id) => (EMPTY.test(id) ? { id: `\0empty:${id}` } : null),
  load: (id) => (id.startsWith("\0empty:") ? "export default {};" : null),
};

/**
 * Import statements, and import() of a fixed address, that a bundle still has. import() of a computed address is left
 * alone: that is how the measured launch starts the bytes it was handed.
 * @param {string} code
 * @returns {string[]} the addresses
 */
export function importsLeft(code) {
  const found = [];
  const visit = (node) => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) {
      for (const child of node) visit(child);
      return;
    }
    const fixed = (source) => (source?.type === "Literal" ? String(source.value) : undefined);
    if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") found.push(fixed(node.source));
    if (node.type === "ExportNamedDeclaration" && node.source) found.push(fixed(node.source));
    if (node.type === "ImportExpression") {
      if (node.source.type === "Literal") found.push(fixed(node.source));
      if (node.source.type === "TemplateLiteral" && node.source.expressions.length === 0) {
        found.push(node.source.quasis[0].value.cooked);
      }
    }
    for (const key of Object.keys(node)) if (key !== "type") visit(node[key]);
  };
  visit(parseAst(code).body);
  return found;
}

/**
 * One self-contained bundle.
 * @param {{root?: string, name: string, version?: string, entry: string, define?: Record<string, string>,
 *   allowed?: {folders: string[], packages: string[] | "any"}}} options entry relative to root; `define` maps a
 *   constant's name to the source text that replaces it; `allowed` as in layers.mjs, unchecked if absent
 * @returns {Promise<{bytes: Uint8Array, modules: string[]}>} modules: everything that was read, tree-shaken or not
 */
export async function bundle({ root = ROOT, name, version = MEASURED_VERSION, entry, define = {}, allowed }) {
  const input = path.resolve(root, entry);
  if (!existsSync(input)) throw new Error(`The bundle "${name}" has no entry: ${entry} is missing.`);
  const modules = new Set();
  const collect = {
    name: "terra-collect-modules",
    moduleParsed: ({ id }) => {
      if (!id.startsWith("\0") && !id.startsWith("rolldown:")) {
        modules.add(path.relative(root, id).split(path.sep).join("/"));
      }
    },
  };
  const build = await rolldown({
    input,
    cwd: root,
    platform: "browser",
    tsconfig: false,
    moduleTypes: { ".woff2": "binary" },
    transform: { target: "es2022", define, typescript: { onlyRemoveTypeImports: true } },
    plugins: [emptyNodeModules, collect],
    onLog: (level, log, handle) => {
      // An import that resolves to nothing would otherwise be taken for an external one.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(`The bundle "${name}": ${log.message}`);
      if (level === "warn" && log.code === "EVAL") return;
      handle(level, log);
    },
  });
  let output;
  try {
    ({ output } = await build.generate({
      format: "es",
      minify: true,
      codeSplitting: false,
      sourcemap: false,
      comments: false,
      entryFileNames: "bundle.js",
    }));
  } finally {
    await build.close();
  }
  if (output.length !== 1) {
    throw new Error(`The bundle "${name}" is not one file: ${output.map((part) => part.fileName).join(", ")}.`);
  }
  const code = output[0].code.trimEnd();
  const left = importsLeft(code);
  if (left.length > 0)
    throw new Error(`The bundle "${name}" still imports ${left.join(", ")}; it must contain all it needs.`);
  const list = [...modules].sort();
  const wrong = allowed ? strangers(`the bundle "${name}"`, list, allowed) : [];
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return { bytes: new TextEncoder().encode(`${code}\n//# terra ${name} ${version}\n`), modules: list };
}

/** v86's WebAssembly as its package has it, and that package's version. */
function v86Wasm(root) {
  const script = createRequire(path.join(root, "package.json")).resolve("v86");
  const folder = path.dirname(path.dirname(script));
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return { bytes: new Uint8Array(readFileSync(path.join(folder, "build/v86.wasm"))), version };
}

/**
 * All measured bundles and their manifest.
 * @param {{root?: string, packages?: string}} [options] packages: the folder whose node_modules has v86; root if absent
 * @returns {Promise<{manifest: MeasuredManifest, files: Map<string, Uint8Array>, modules: Record<string, string[]>}>} files by
 *   path below `measured/`, the manifest among them
 */
export async function buildMeasured({ root = ROOT, packages = root } = {}) {
  const missing = BUNDLES.filter(({ entry }) => !existsSync(path.join(root, entry)));
  if (missing.length > 0) {
    const list = missing.map(({ name, entry }) => `${entry} (${name})`).join(", ");
    throw new Error(`Entries of measured bundles are missing: ${list}.`);
  }
  const wasm = v86Wasm(packages);
  const files = new Map();
  const modules = {};
  const rows = [];
  const add = (name, file, bytes, { product, version, endorsed }) => {
    files.set(file, bytes);
    rows.push({ name, path: file, size: bytes.byteLength, sha256: sha256(bytes), product, version, endorsed });
  };
  add("v86.wasm", "v86.wasm", wasm.bytes, { product: "v86", version: wasm.version, endorsed: false });
  for (const { name, entry, realm, product, endorsed } of BUNDLES) {
    const define = {};
    if (realm === "engine/tvmm") {
      define.__DEBUG_TVMM__ = String(name === "tvmm.debug");
      define.__V86_WASM_DIGEST__ = JSON.stringify(sha256(wasm.bytes));
      define.__VM_DIGEST__ = JSON.stringify(sha256(files.get("vm.js")));
    }
    const built = await bundle({ root, name, entry, define, allowed: realmAllows(realm) });
    modules[name] = built.modules;
    add(name, `${name}.js`, built.bytes, { product, version: MEASURED_VERSION, endorsed });
  }
  const manifest = { format: "terra-measured-1", version: MEASURED_VERSION, files: rows };
  files.set("manifest.json", new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  return { manifest, files, modules };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf("--out");
  const out = path.resolve(at < 0 ? path.join(ROOT, "dist/measured") : (process.argv[at + 1] ?? "."));
  try {
    const { manifest, files } = await buildMeasured();
    mkdirSync(out, { recursive: true });
    for (const [name, bytes] of files) writeFileSync(path.join(out, name), bytes);
    for (const { name, size, sha256: digest } of manifest.files) {
      console.log(`${digest}  ${String(size).padStart(8)}  ${name}`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
