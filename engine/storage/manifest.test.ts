import { describe, expect, it } from "vitest";
import { parseImageManifest, parseMeasuredManifest } from "./manifest.ts";

const sha = "a".repeat(64);
const file = { path: `blobs/${sha}.gz`, size: 10, sha256: sha, compressed: 5 };
const image = {
  id: "hello",
  kind: "closed",
  product: "Terra Lab hello",
  version: "1.0.0",
  primary: sha,
  test: false,
  descriptor: file,
  stub: file,
  kernel: file,
  boot: file,
};
const images = (...rows: unknown[]) => ({ format: "terra-images-1", images: rows });
const row = {
  name: "tvmm.release",
  path: "tvmm.release.js",
  size: 1,
  sha256: sha,
  product: "Terra TVMM",
  version: "1.0.0",
  endorsed: true,
};
const measured = (...rows: unknown[]) => ({ format: "terra-measured-1", version: "1.0.0", files: rows });

describe("the manifest of images", () => {
  it("is read, fields of others left out", () => {
    expect(parseImageManifest(images({ ...image, note: "for people" }))).toEqual(images(image));
  });

  it.each([
    ["another format", { format: "terra-images-2", images: [] }, "format"],
    ["no list", { format: "terra-images-1", images: {} }, "images"],
    ["an image twice", images(image, image), '"hello" twice'],
    ["a primary that is not the descriptor's", images({ ...image, primary: "b".repeat(64) }), "primary"],
    ["a path that leads out", images({ ...image, boot: { ...file, path: "../x" } }), "images[0].boot.path"],
    ["a path that leads elsewhere", images({ ...image, boot: { ...file, path: "//x/y" } }), "images[0].boot.path"],
    ["a size that is none", images({ ...image, stub: { ...file, size: -1 } }), "images[0].stub.size"],
    ["a digest that is none", images({ ...image, stub: { ...file, sha256: "" } }), "images[0].stub.sha256"],
    ["test left out", images({ ...image, test: undefined }), "images[0].test"],
    ["nothing", null, "images/manifest.json"],
  ])("is refused with %s", (_what, json, field) => {
    expect(() => parseImageManifest(json)).toThrow(field);
  });
});

describe("the manifest of measured code", () => {
  it("is read", () => {
    expect(parseMeasuredManifest(measured(row))).toEqual(measured(row));
  });

  it.each([
    ["one name twice", measured(row, row), '"tvmm.release" twice'],
    ["an absolute path", measured({ ...row, path: "/etc/passwd" }), "files[0].path"],
    ["endorsed left out", measured({ ...row, endorsed: undefined }), "files[0].endorsed"],
    ["no version", { ...measured(row), version: undefined }, "version"],
  ])("is refused with %s", (_what, json, field) => {
    expect(() => parseMeasuredManifest(json)).toThrow(field);
  });
});
