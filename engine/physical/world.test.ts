/** The physical world: the site's files, the flash, and a stage of the boot read from it. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readConfiguration, writeConfiguration } from "../protocol/configuration.ts";
import { readStage } from "../protocol/measured-boot.ts";
import type { MediumInfo, PhysicalEvent } from "../protocol/media.ts";
import { containerEntries, findEntry } from "../storage/index.ts";
import { BASE, FIRMWARE, LOADER, makeSite, type Page, sha256, utf8, worlds } from "./testing/worlds.ts";

const { open, pageOf, ready } = worlds();

const file = (page: Page, path: string) => page.call({ op: "file", path });

describe("files of the site", () => {
  it("come as plain bytes, fetched once, with progress in bytes as they travel", async () => {
    const site = makeSite();
    const page = await ready(site);
    const events: PhysicalEvent[] = [];
    page.onEvent((event) => events.push(event));
    const path = `images/${site.image.kernel.path}`;
    const [one, two] = await Promise.all([file(page, path), file(page, path)]);
    expect(one).toEqual(new Uint8Array(6000).fill(2));
    expect(two).toEqual(one);
    expect(site.asked.filter((each) => each === path)).toHaveLength(1);
    const { compressed } = site.image.kernel;
    expect(events.at(-1)).toEqual({ type: "progress", path, loaded: compressed, total: compressed });
  });

  it("are taken as they are where the server has decompressed them in transfer", async () => {
    const site = makeSite();
    site.served.set(`images/${site.image.boot.path}`, new Uint8Array(8192).fill(3));
    expect(await file(await ready(site), `images/${site.image.boot.path}`)).toEqual(new Uint8Array(8192).fill(3));
  });

  it("are refused with another digest, cut short, too long, missing, or without network: each named by its path", async () => {
    const site = makeSite();
    const page = await ready(site);
    const path = `images/${site.image.kernel.path}`;
    const good = site.served.get(path) ?? new Uint8Array();
    site.served.set(path, gzipSync(new Uint8Array(6000).fill(9)));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.set(path, good.subarray(0, good.length - 9));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.set(path, gzipSync(new Uint8Array(60_000_000)));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.delete(path);
    await expect(file(page, path)).rejects.toThrow(`unavailable: ${path}: the server answers 404`);
    site.offline = true;
    await expect(file(page, path)).rejects.toThrow(`unavailable: ${path}`);
    site.offline = false;
    site.served.set(path, good);
    expect(await file(page, path)).toHaveLength(6000);
    await expect(file(page, "images/other")).rejects.toThrow('bad-argument: "images/other"');
  });

  it("are asked for only after init, which may be tried again", async () => {
    const site = makeSite();
    const page = pageOf(site);
    await expect(page.call({ op: "machine", platform: "alice" })).rejects.toThrow("bad-state");
    const manifest = site.served.get("measured/manifest.json") ?? new Uint8Array();
    site.served.delete("measured/manifest.json");
    const init = { op: "init", base: BASE } as const;
    await expect(page.call(init)).rejects.toThrow("unavailable: measured/manifest.json");
    site.served.set("measured/manifest.json", utf8("<html>"));
    await expect(page.call(init)).rejects.toThrow("malformed: measured/manifest.json");
    site.served.set("measured/manifest.json", manifest);
    expect(await page.call(init)).toMatchObject({ measured: { format: "terra-measured-1" } });
    expect(await page.call(init)).toMatchObject({ images: { format: "terra-images-1" } });
    await expect(page.call({ op: "init", base: "https://elsewhere.example/" })).rejects.toThrow("bad-state");
  });
});

describe("a flash", () => {
  it("has the owner's configuration where there is one", async () => {
    const page = await ready();
    const configuration = writeConfiguration({ format: "terra-configuration-1" });
    await page.call({ op: "flash", platform: "alice", vendorCertificates: {}, configuration });
    await page.call({ op: "flash", platform: "bob", vendorCertificates: {} });
    const flash = async (platform: string) => {
      const list = (await page.call({ op: "list", platform })) as MediumInfo[];
      const length = list.find(({ id }) => id === "flash")?.size ?? 0;
      return (await page.call({ op: "read", platform, medium: "flash", offset: 0, length })) as Uint8Array;
    };
    const bytes = await flash("alice");
    const { offset, length } = findEntry(containerEntries(bytes), "configuration");
    expect(readConfiguration(bytes.subarray(offset, offset + length))).toEqual({ format: "terra-configuration-1" });
    expect(containerEntries(await flash("bob")).map(({ name }) => name)).toEqual(["firmware", "loader"]);
  });
});

describe("a stage of the boot", () => {
  const vendor = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

  async function flash(certificates: string[] = []): Promise<{ page: Page; port: MessagePort }> {
    const page = await ready();
    await page.call({ op: "flash", platform: "alice", vendorCertificates: { [sha256(FIRMWARE)]: certificates } });
    const port = (await page.call({ op: "machine", platform: "alice" })) as MessagePort;
    open.push(port);
    return { page, port };
  }

  it("is read from the flash with its digest and what lies beside it, again and again over one port", async () => {
    const { port } = await flash([vendor, vendor]);
    const image = await readStage(port, "firmware", "firmware");
    expect(image).toEqual({ stage: "firmware", code: FIRMWARE, digest: sha256(FIRMWARE), vendors: [vendor, vendor] });
    expect(await readStage(port, "loader", "loader")).toMatchObject({ code: LOADER, vendors: [] });
  });

  it("is a private copy: the flash may change while it is being started", async () => {
    const { page, port } = await flash();
    const { code } = await readStage(port, "firmware", "firmware");
    await page.call({ op: "write", platform: "alice", medium: "flash", offset: 0, bytes: new Uint8Array(1536) });
    expect(code).toEqual(FIRMWARE);
  });

  it("that is not there is named, with what is there", async () => {
    const { page, port } = await flash([vendor]);
    await expect(readStage(port, "tvmm", "tvmm.evil")).rejects.toMatchObject({
      stage: "tvmm",
      message:
        'refused: tvmm cannot be read from the flash: there is no "tvmm.evil" here; here are: firmware, firmware.crt, loader',
    });
    await page.call({ op: "write", platform: "alice", medium: "flash", offset: 8, bytes: new Uint8Array(4).fill(255) });
    await expect(readStage(port, "firmware", "firmware")).rejects.toThrow("no container");
  });

  it("comes without certificates where there is only garbage beside it", async () => {
    const { port } = await flash(["garbage\u0000"]);
    expect(await readStage(port, "firmware", "firmware")).toMatchObject({ code: FIRMWARE, vendors: [] });
  });
});
