import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BUNDLES, buildMeasured, bundle, importsLeft, ROOT } from "./measured.mjs";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A project of a few lines with the entries that the bundles need; `extra` replaces or adds files. */
function project(extra: Record<string, string> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), "terra-measured-"));
  folders.push(root);
  const files: Record<string, string> = {
    "package.json": "{}",
    "engine/protocol/words.ts": 'export const hello: string = "hello";\nexport const unused = 1;\n',
    "engine/boot/firmware.ts": 'import { hello } from "../protocol/words.ts";\nself.postMessage([1, hello]);\n',
    "engine/boot/loader.ts": 'import { hello } from "../protocol/words.ts";\nself.postMessage([2, hello]);\n',
    "engine/tvmm/main.ts":
      "declare const __DEBUG_TVMM__: boolean;\ndeclare const __VM_DIGEST__: string;\ndeclare const __V86_WASM_DIGEST__: string;\n" +
      'self.postMessage([__DEBUG_TVMM__ ? "open to its owner" : "closed", __VM_DIGEST__, __V86_WASM_DIGEST__]);\n',
    "engine/vm/main.ts": 'import { V86 } from "v86";\nself.postMessage(typeof V86);\n',
    "engine/chip/main.ts":
      'import { sha256 } from "@noble/hashes/sha2.js";\nself.postMessage(sha256(new Uint8Array()));\n',
    ...extra,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"));
  return root;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** Why the bundles of a project are refused; "built" if they are not. */
const refusal = (root: string) =>
  buildMeasured({ root }).then(
    () => "built",
    (error: unknown) => String(error),
  );
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("the measured bundles", () => {
  it("have the manifest's digests, sizes and last line, and need no other file", async () => {
    const { manifest, files } = await buildMeasured({ root: project() });
    expect(manifest.format).toBe("terra-measured-1");
    expect(manifest.files.map(({ name }) => name).sort()).toEqual(["v86.wasm", ...BUNDLES.map((b) => b.name)].sort());
    for (const row of manifest.files) {
      const bytes = files.get(row.path);
      if (!bytes) throw new Error(`no ${row.path}`);
      expect(row.sha256).toBe(sha256(bytes));
      expect(row.size).toBe(bytes.byteLength);
      expect(row.endorsed).toBe(["firmware", "loader", "tvmm.release"].includes(row.name));
      if (row.name !== "v86.wasm") {
        expect(text(bytes).endsWith(`\n//# terra ${row.name} 1.0.0\n`)).toBe(true);
        expect(importsLeft(text(bytes))).toEqual([]);
      }
    }
  });

  it("bind the vm worker and v86.wasm into the TVMM, and tell release and debug apart", async () => {
    const { files } = await buildMeasured({ root: project() });
    const release = text(files.get("tvmm.release.js"));
    expect(release).toContain(sha256(files.get("vm.js") ?? new Uint8Array()));
    expect(release).toContain(sha256(files.get("v86.wasm") ?? new Uint8Array()));
    expect(release).toContain("closed");
    expect(release).not.toContain("open to its owner");
    expect(text(files.get("tvmm.debug.js"))).toContain("open to its owner");
  });

  it("are the same bytes in another folder, and others after a change of source", async () => {
    const first = await buildMeasured({ root: project() });
    const second = await buildMeasured({ root: project() });
    expect(second.manifest).toEqual(first.manifest);
    const changed = await buildMeasured({ root: project({ "engine/vm/main.ts": "self.postMessage(1);\n" }) });
    const digest = (from: typeof first, name: string) => from.manifest.files.find((row) => row.name === name)?.sha256;
    for (const name of ["vm", "tvmm.release", "tvmm.debug"])
      expect(digest(changed, name)).not.toBe(digest(first, name));
    for (const name of ["firmware", "chip"]) expect(digest(changed, name)).toBe(digest(first, name));
  });

  it("are refused if they contain another realm or a package that is not theirs", async () => {
    const realm = project({ "engine/tvmm/main.ts": 'import "../vm/main.ts";\n' });
    expect(await refusal(realm)).toMatch(/tvmm.release.*contains engine\/vm\/main\.ts/);
    const foreign = project({ "engine/chip/main.ts": 'import { V86 } from "v86";\nself.postMessage(typeof V86);\n' });
    expect(await refusal(foreign)).toMatch(/chip.*package v86/);
    // Tree-shaken away is still imported.
    const shaken = project({
      "engine/chip/main.ts": 'import { x } from "../vm/x.ts";\n',
      "engine/vm/x.ts": "export const x = 1;\n",
    });
    expect(await refusal(shaken)).toMatch(/engine\/vm\/x\.ts/);
  });

  it("name the entry or import that is missing", async () => {
    await expect(bundle({ root: project(), name: "none", entry: "engine/none.ts" })).rejects.toThrow(
      "engine/none.ts is missing",
    );
    const lost = project({ "engine/chip/main.ts": 'import "./gone.ts";\n' });
    expect(await refusal(lost)).toMatch(/gone\.ts/);
  });
});

describe("importsLeft", () => {
  it("finds every way to import a fixed address, and leaves computed ones alone", () => {
    const code = 'import "a"; export * from "b"; export { c } from "c"; import("d"); import(`e`); import(url);';
    expect(importsLeft(code)).toEqual(["a", "b", "c", "d", "e"]);
  });
});
