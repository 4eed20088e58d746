import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileFor, serve, wantedPort } from "./serve.mjs";

const parent = mkdtempSync(path.join(tmpdir(), "terra-serve-"));
const folder = path.join(parent, "site");
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(path.join(folder, "measured"), { recursive: true });
  writeFileSync(path.join(folder, "index.html"), "<!doctype html>");
  writeFileSync(path.join(folder, "measured/vm.js"), "1");
  writeFileSync(path.join(folder, "blob.gz"), Buffer.from([31, 139]));
  writeFileSync(path.join(parent, "secret.txt"), "secret");
  mkdirSync(path.join(parent, "site-2"));
  writeFileSync(path.join(parent, "site-2/secret.txt"), "secret");
  site = await serve({ folder, port: 5310, base: "/lab/" });
});
afterAll(async () => {
  await site.close();
  rmSync(parent, { recursive: true });
});

/** A request whose path is sent as it stands; fetch would tidy it up. */
const raw = (pathname: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request({ host: "127.0.0.1", port: site.port, path: pathname }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe("the static server", () => {
  it("serves files below its base with their types", async () => {
    const page = await fetch(site.address);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toBe("<!doctype html>");
    const script = await fetch(new URL("measured/vm.js", site.address));
    expect(script.headers.get("content-type")).toMatch(/^text\/javascript/);
  });

  it("sends none of the headers that a plain host would not, and compressed files as they are", async () => {
    const blob = await fetch(new URL("blob.gz", site.address));
    expect(blob.headers.get("content-encoding")).toBeNull();
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(new Uint8Array([31, 139]));
    for (const name of ["content-security-policy", "cross-origin-opener-policy", "cross-origin-embedder-policy"]) {
      expect(blob.headers.get(name)).toBeNull();
    }
  });

  it("answers 304 for what has not changed", async () => {
    const etag = (await fetch(site.address)).headers.get("etag");
    const again = await fetch(site.address, { headers: { "if-none-match": etag ?? "" } });
    expect(again.status).toBe(304);
  });

  it.each([
    "/index.html",
    "/lab/none",
    "/lab/../secret.txt",
    "/lab/%2e%2e/secret.txt",
    "/lab/..%2fsecret.txt",
    "/lab/..%2fsite-2%2fsecret.txt",
    "/lab/%00",
    "/lab/%zz",
  ])("does not find %s", async (pathname) => {
    expect(await raw(pathname)).toBe(404);
  });

  it("refuses to write", async () => {
    expect((await fetch(site.address, { method: "POST", body: "x" })).status).toBe(405);
  });

  it("takes the next port when one is taken", async () => {
    const second = await serve({ folder, port: site.port });
    expect(second.port).toBeGreaterThan(site.port);
    expect((await fetch(second.address)).status).toBe(200);
    await second.close();
  });

  it("finds a folder's index, and nothing beside the folder", () => {
    expect(fileFor(folder, "/", "/")?.file).toBe(path.join(folder, "index.html"));
    expect(fileFor(folder, "/", "/../site-2/secret.txt")).toBeUndefined();
  });

  it("says what is wrong with a port", () => {
    expect(wantedPort("8080")).toBe(8080);
    expect(wantedPort("")).toBe(5173);
    expect(() => wantedPort("http")).toThrow('PORT is "http"');
    expect(() => wantedPort("70000")).toThrow("0 to 65535");
  });
});
