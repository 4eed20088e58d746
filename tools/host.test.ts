import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { digestOf, filesBelow, missingPackages, nodeIsSupported, stalePackages } from "./host.mjs";
import { siteInputs } from "./setup.mjs";

const parent = mkdtempSync(path.join(tmpdir(), "terra-host-"));
let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(parent, "root-"));
});
afterAll(() => rmSync(parent, { recursive: true }));

function write(name: string, text: string) {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
}

describe("what the machine has", () => {
  it.each([
    ["20.18.9", false],
    ["20.19.0", true],
    ["21.7.0", false],
    ["22.11.0", false],
    ["22.12.0", true],
    ["24.0.0", true],
    ["18.20.0", false],
  ])("Node %s: %s", (version, supported) => {
    expect(nodeIsSupported(version)).toBe(supported);
  });

  it("finds packages by command and by file", () => {
    write("there", "");
    const list = {
      shell: "sh",
      file: path.join(root, "there"),
      nothing: "no-such-command-at-all",
      gone: path.join(root, "gone"),
    };
    expect(missingPackages(list)).toEqual(["gone", "nothing"]);
  });
});

describe("stale npm packages", () => {
  const lock = (packages: object) => JSON.stringify({ packages: { "": {}, ...packages } });

  it("are all of them before npm ci, none after", () => {
    write(
      "package-lock.json",
      lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0" } }),
    );
    expect(stalePackages(root)).toEqual(["node_modules/a", "node_modules/b"]);
    write(
      "node_modules/.package-lock.json",
      lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0" } }),
    );
    expect(stalePackages(root)).toEqual([]);
  });

  it("are those of another version; optional ones may be absent", () => {
    write(
      "package-lock.json",
      lock({
        "node_modules/a": { version: "1.0.1" },
        "node_modules/other-platform": { version: "1.0.0", optional: true },
      }),
    );
    write("node_modules/.package-lock.json", lock({ "node_modules/a": { version: "1.0.0" } }));
    expect(stalePackages(root)).toEqual(["node_modules/a"]);
  });
});

describe("digests over files", () => {
  it("change with names and contents, with sizes only where told so", () => {
    write("a", "1");
    write("b/c", "2");
    expect(filesBelow(root)).toEqual(["a", "b/c"]);
    const digest = () => digestOf(root, filesBelow(root));
    const sizes = () => digestOf(root, filesBelow(root), () => true);
    const [contents, lengths] = [digest(), sizes()];
    write("a", "3");
    expect(digest()).not.toBe(contents);
    expect(sizes()).toBe(lengths);
    write("a", "33");
    expect(sizes()).not.toBe(lengths);
  });

  it("the site's covers the page and the engine, not their tests", () => {
    write("app/main.tsx", "1");
    const first = siteInputs(root);
    write("app/main.test.ts", "1");
    expect(siteInputs(root)).toBe(first);
    write("engine/vm/main.ts", "1");
    const second = siteInputs(root);
    expect(second).not.toBe(first);
    write("public/images/manifest.json", "{}");
    expect(siteInputs(root)).not.toBe(second);
  });
});
