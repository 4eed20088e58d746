import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./host.mjs";
import { misplaced } from "./vite-measured.mjs";

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
