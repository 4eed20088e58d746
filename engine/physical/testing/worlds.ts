/** Physical worlds over a site of a few bytes, the page's ports to them, and their machines'. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach } from "vitest";
import { type Client, connect, serve } from "../../protocol/channel.ts";
import {
  type MediaRequest,
  type PhysicalEvent,
  type PhysicalRequest,
  parsePhysicalRequest,
} from "../../protocol/media.ts";
import { openLibrary } from "../library.ts";
import { createWorld, type SealedStore } from "../world.ts";

export const BASE = "https://terra.example/lab/";
export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
export const utf8 = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => utf8(JSON.stringify(value));

export const FIRMWARE = utf8("export const start = () => 1;\n");
export const LOADER = utf8("export const start = () => 2;\n");

/** A site of a few bytes, as its server gives it. */
export function makeSite(files = { firmware: FIRMWARE, loader: LOADER, chip: utf8("chip") }) {
  const served = new Map<string, Uint8Array>();
  const blob = (plain: Uint8Array) => {
    const packed = gzipSync(plain);
    const path = `blobs/${sha256(plain)}.gz`;
    served.set(`images/${path}`, packed);
    return { path, size: plain.length, sha256: sha256(plain), compressed: packed.length };
  };
  const descriptor = blob(utf8("{}\n"));
  const image = {
    id: "hello",
    kind: "closed",
    product: "hello",
    version: "1.0.0",
    primary: descriptor.sha256,
    test: false,
    descriptor,
    stub: blob(new Uint8Array(600).fill(1)),
    kernel: blob(new Uint8Array(6000).fill(2)),
    boot: blob(new Uint8Array(8192).fill(3)),
  };
  const rows = Object.entries(files).map(([name, bytes]) => {
    served.set(`measured/${name}.js`, bytes);
    const row = { name, path: `${name}.js`, size: bytes.length, sha256: sha256(bytes) };
    return { ...row, product: name, version: "1.0.0", endorsed: true };
  });
  served.set("images/manifest.json", json({ format: "terra-images-1", images: [image] }));
  served.set("measured/manifest.json", json({ format: "terra-measured-1", version: "1.0.0", files: rows }));
  const asked: string[] = [];
  const site = { served, image, asked, offline: false };
  const fetching = async (url: string | URL | Request) => {
    const path = String(url).slice(BASE.length);
    asked.push(path);
    if (site.offline) throw new TypeError("Failed to fetch");
    const bytes = served.get(path);
    return bytes ? new Response(new Uint8Array(bytes)) : new Response("", { status: 404 });
  };
  return Object.assign(site, { fetching: fetching as typeof fetch });
}

export function memorySealed(): SealedStore & { kept: Map<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    kept,
    load: async (key) => kept.get(key),
    save: async (key, bytes) => {
      kept.set(key, bytes);
    },
  };
}

export type Page = Client<PhysicalRequest, PhysicalEvent>;

/** For a file of tests: makes worlds, and after each test closes every port in `open`. */
export function worlds() {
  const open: MessagePort[] = [];
  afterEach(() => {
    for (const port of open.splice(0)) port.close();
  });

  /** The page's port to a physical world of that site. */
  function pageOf(site = makeSite(), sealed: SealedStore = memorySealed()): Page {
    const { port1, port2 } = new MessageChannel();
    open.push(port1, port2);
    const tell = (event: PhysicalEvent) => server.emit(event);
    const world = createWorld((base) => openLibrary(base, tell, site.fetching), sealed, tell);
    const server = serve<PhysicalRequest, PhysicalEvent>(port1, parsePhysicalRequest, world.answer);
    return connect<PhysicalRequest, PhysicalEvent>(port2);
  }

  async function ready(site = makeSite(), sealed: SealedStore = memorySealed()): Promise<Page> {
    const page = pageOf(site, sealed);
    await page.call({ op: "init", base: BASE });
    return page;
  }

  async function machine(page: Page, platform: string): Promise<Client<MediaRequest>> {
    const port = (await page.call({ op: "machine", platform })) as MessagePort;
    open.push(port);
    return connect<MediaRequest>(port);
  }

  return { open, pageOf, ready, machine };
}
