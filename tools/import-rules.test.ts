import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { brokenRules } from "./import-rules.mjs";
import { strangers } from "./layers.mjs";

const parent = mkdtempSync(path.join(tmpdir(), "terra-rules-"));
afterAll(() => rmSync(parent, { recursive: true }));

/** Names of the rules that a project of these files breaks. */
function broken(files: Record<string, string>): string[] {
  const root = mkdtempSync(path.join(parent, "project-"));
  const all: Record<string, string> = {
    "package.json": '{ "dependencies": { "v86": "1", "@noble/hashes": "1" } }',
    "node_modules/v86/package.json": '{ "name": "v86", "main": "index.js" }',
    "node_modules/v86/index.js": "export const V86 = 1;",
    "node_modules/@noble/hashes/package.json": '{ "name": "@noble/hashes", "main": "index.js" }',
    "node_modules/@noble/hashes/index.js": "export const x = 1;",
    "engine/protocol/words.ts": "export const word = 1;\nexport interface Word { length: number }\n",
    "engine/vm/main.ts":
      'import { V86 } from "v86";\nimport { word } from "../protocol/words.ts";\nconsole.log(V86, word);\n',
    "engine/lab/api.ts": 'import { word } from "../protocol/words.ts";\nexport const api = word;\n',
    "app/main.tsx": 'import { api } from "../engine/lab/api.ts";\nexport const Page = () => <p>{api}</p>;\n',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return [...new Set(brokenRules(root).map(({ rule }) => rule))].sort();
}

describe("the import rules", () => {
  it("let the layers be as they are meant", () => {
    expect(broken({})).toEqual([]);
  });

  it.each<[string, string, string, string]>([
    ["pure", "engine/storage/x.ts", "../vm/main.ts", "a pure folder imports a realm"],
    ["pure", "engine/storage/x.ts", "v86", "a pure folder imports the emulator"],
    ["realm-tvmm", "engine/tvmm/x.ts", "../vm/main.ts", "a realm imports another"],
    ["realm-tvmm", "engine/tvmm/x.ts", "v86", "another realm imports the emulator"],
    ["lab", "engine/lab/x.ts", "../vm/main.ts", "the scripting API imports a realm"],
    ["scenarios", "engine/scenarios/x.ts", "../../app/main.tsx", "scenarios import the page"],
    ["app", "app/x.ts", "../engine/vm/main.ts", "the page imports a realm"],
    ["no-node", "engine/vm/x.ts", "node:fs", "a realm imports Node"],
    ["resolvable", "engine/vm/x.ts", "./gone.ts", "an import leads nowhere"],
    ["resolvable", "engine/vm/x.ts", "./main", "an import has no extension"],
    ["resolvable", "engine/vm/x.ts", "no-such-package", "a package is not installed"],
    ["app-no-emulator", "app/x.tsx", "v86", "the page imports the emulator"],
    ["no-test-helpers", "engine/vm/x.ts", "./testing/y.ts", "code imports helpers of tests"],
    ["plain-node", "tools/setup.mjs", "v86", "the set-up imports a package"],
    ["nothing-from-outside", "engine/vm/x.test.ts", "../../tools/y.ts", "a test imports the tools"],
  ])("%s: refused when %s imports %s (%s)", (rule, file, target) => {
    const files = {
      [file]: `import * as all from "${target}";\nconsole.log(all);\n`,
      "tools/y.ts": "export const y = 1;\n",
      "engine/vm/testing/y.ts": "export const y = 1;\n",
    };
    expect(broken(files)).toContain(rule);
  });

  it("see type-only imports and cycles", () => {
    const typed = {
      "engine/tvmm/x.ts": 'import type { V } from "../vm/v.ts";\nexport type W = V;\n',
      "engine/vm/v.ts": "export type V = 1;\n",
    };
    expect(broken(typed)).toEqual(["realm-tvmm"]);
    const cycle = { "engine/vm/a.ts": 'import "./b.ts";\n', "engine/vm/b.ts": 'import "./a.ts";\n' };
    expect(broken(cycle)).toEqual(["no-cycles"]);
  });

  it("see export from, import(), types by import(), and workers started by address", () => {
    const forms = [
      'export { V86 } from "../vm/main.ts";',
      'void import("../vm/main.ts");',
      'export type T = import("../vm/main.ts").T;',
    ];
    for (const form of forms) expect(broken({ "engine/tvmm/x.ts": `${form}\n` })).toEqual(["realm-tvmm"]);
    const start = (file: string) => `new Worker(new URL("${file}", import.meta.url), { type: "module" });\n`;
    const factory = { "engine/factory/main.ts": "export {};\n" };
    expect(broken({ ...factory, "engine/lab/x.ts": start("../factory/main.ts") })).toEqual([]);
    expect(broken({ ...factory, "app/x.ts": start("../engine/factory/main.ts") })).toEqual(["measured-launch"]);
    expect(broken({ "engine/lab/x.ts": start("../vm/main.ts") })).toEqual(["measured-launch"]);
  });

  it("refuse what cannot be parsed", () => {
    expect(() => broken({ "engine/vm/x.ts": "const = ;\n" })).toThrow("engine/vm/x.ts cannot be parsed");
  });

  it("leave tests free to reach across", () => {
    expect(broken({ "engine/tvmm/x.test.ts": 'import "node:fs";\nimport "../vm/main.ts";\n' })).toEqual([]);
  });
});

describe("a bundle's list of modules", () => {
  const allowed = { folders: ["engine/vm", "engine/protocol"], packages: ["v86"] };

  it("may contain its realm, pure folders and its packages", () => {
    const modules = ["engine/vm/main.ts", "engine/protocol/x.ts", "node_modules/v86/build/libv86.mjs"];
    expect(strangers("vm", modules, allowed)).toEqual([]);
  });

  it("may contain nothing else", () => {
    expect(strangers("vm", ["engine/vm-2/main.ts"], allowed)).toHaveLength(1);
    expect(strangers("vm", ["node_modules/v86/node_modules/other/x.js"], allowed)[0]).toContain("the package other");
    expect(strangers("vm", ["node_modules/@scope/name/x.js"], allowed)[0]).toContain("@scope/name");
  });
});
