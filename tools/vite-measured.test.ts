import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./host.mjs";
import { misplaced, sizeCheck, sizes } from "./vite-measured.mjs";

/** What Vite hands to generateBundle, as far as the check reads it. */
const bundle = (entry: string, ...modules: string[]) => ({
  "a.js": {
    type: "chunk",
    fileName: "a.js",
    isEntry: true,
    facadeModuleId: path.join(ROOT, entry),
    moduleIds: [entry, ...modules].map((module) => path.join(ROOT, module)).concat("\0virtual"),
  },
  "a.css": { type: "asset", fileName: "a.css" },
});

describe("bundles that Vite makes", () => {
  it("of the page have the page's layers and any package", () => {
    const good = bundle("index.html", "app/main.tsx", "engine/lab/api.ts", "node_modules/react/index.js");
    expect(misplaced(good, "page")).toEqual([]);
    expect(misplaced(bundle("index.html", "engine/chip/main.ts"), "page")).toHaveLength(1);
  });

  it("of a worker have its realm, pure folders and portable packages", () => {
    const entry = "engine/factory/main.ts";
    const good = bundle(
      `${entry}?worker_file&type=module`,
      "engine/attestation/x.ts",
      "node_modules/@noble/hashes/index.js",
    );
    expect(misplaced(good, "worker")).toEqual([]);
    expect(misplaced(bundle(entry, "engine/chip/main.ts"), "worker")).toHaveLength(1);
    expect(misplaced(bundle(entry, "engine/lab/api.ts"), "worker")).toHaveLength(1);
    expect(misplaced(bundle(entry, "node_modules/react/index.js"), "worker")).toHaveLength(1);
  });

  it("of a worker without a realm are refused", () => {
    expect(misplaced(bundle("app/worker.ts"), "worker")).toHaveLength(1);
  });
});

describe("the size of the site's JavaScript", () => {
  // Digits of a fraction do not compress to nothing.
  const code = (length: number) => Array.from({ length }, (_, at) => Math.sqrt(at).toString(36)).join();
  const chunk = (length: number, own: number) => ({
    type: "chunk",
    fileName: "assets/index.js",
    code: code(length),
    modules: {
      [path.join(ROOT, "app/main.tsx")]: { renderedLength: own },
      [path.join(ROOT, "node_modules/react/index.js")]: { renderedLength: 100 - own },
    },
  });

  it("is counted with packages and without them", () => {
    const { all, own } = sizes({ a: chunk(1000, 40) });
    expect(own / all).toBeCloseTo(0.4, 2);
    const worker = { type: "asset", fileName: "assets/main.js", source: code(1000) };
    expect(sizes({ worker, css: { type: "asset", fileName: "a.css", source: "" } })).toEqual({ all, own: all });
  });

  it("ends a build that has too much of its own", () => {
    const build = (length: number) => {
      const said: string[] = [];
      const context = {
        error: (words: string) => said.push(`error: ${words}`),
        info: (words: string) => said.push(words),
      };
      sizeCheck().generateBundle.call(context, {}, { a: chunk(length, 100) });
      return said.join();
    };
    expect(build(1000)).toMatch(/^JavaScript, compressed: \d+ KB own/);
    expect(build(80_000)).toMatch(/^error: .* own may be 300 KB$/);
  });
});
