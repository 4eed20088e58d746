/**
 * The physical world as the page asks for it: machines with media in them, filled from the site's files. Pure but for what it is
 * given: the library that fetches, and the store for what outlives the page. It checks nothing on behalf of a machine.
 */
import { Transferred } from "../protocol/channel.ts";
import { CONFIGURATION_ENTRY } from "../protocol/configuration.ts";
import { TerraError } from "../protocol/errors.ts";
import { type PhysicalEvent, type PhysicalRequest, SEALED_SIZE } from "../protocol/media.ts";
import { type Bytes, buildContainer } from "../storage/index.ts";
import type { Library } from "./library.ts";
import { createMachine, type Machine } from "./machine.ts";
import { createMedium, type Medium } from "./medium.ts";
import { createWires } from "./wires.ts";

/** Keeps the media `sealed` from one visit to the next, one for each key. */
export interface SealedStore {
  load(key: string): Promise<Bytes | undefined>;
  save(key: string, bytes: Bytes): Promise<void>;
}

/** Order of the flash's entries; whatever else the manifest lists is not for the flash. */
const FLASH = ["firmware", "loader", "tvmm.release", "tvmm.debug", "vm", "v86.wasm"];

export interface World {
  answer(request: PhysicalRequest): Promise<unknown>;
}

/** Frames that one request is answered with, if it does not say. */
const USUAL_FRAMES = 1000;

export function createWorld(
  open: (base: string) => Promise<Library>,
  sealed: SealedStore,
  tell: (event: PhysicalEvent) => void,
): World {
  let opening: { base: string; library: Promise<Library> } | undefined;
  const machines = new Map<string, Promise<Machine>>();
  const firmwareMedia = new Map<string, Bytes>();
  const wires = createWires(tell);
  /** Disks that lie beside the machines, by handle. */
  const taken = new Map<string, { medium: Medium; from: string }>();

  function library(): Promise<Library> {
    if (!opening) throw new TerraError("bad-state", "the physical world does not know the site yet; init comes first");
    return opening.library;
  }

  function init(base: string): Promise<Library> {
    if (opening && opening.base !== base) {
      throw new TerraError("bad-state", `the site's address is ${opening.base} already`);
    }
    opening ??= { base, library: open(base) };
    opening.library.catch(() => {
      opening = undefined;
    });
    return opening.library;
  }

  async function assemble(platform: string): Promise<Machine> {
    // Another release of the site is another TVMM: what was sealed under it is left where it is.
    const key = `${platform}/${(await library()).release}`;
    const kept = await sealed.load(key);
    const bytes = kept?.length === SEALED_SIZE ? kept : new Uint8Array(SEALED_SIZE);
    const machine = createMachine(platform, (content) => sealed.save(key, content));
    machine.put(createMedium("sealed", "sealed", { bytes, shared: false }));
    return machine;
  }

  /** The machine of that name, made when it is first needed. */
  function machineFor(platform: string): Promise<Machine> {
    const known = machines.get(platform);
    if (known) return known;
    const made = assemble(platform);
    machines.set(platform, made);
    made.catch(() => machines.delete(platform));
    return made;
  }

  function existing(platform: string): Promise<Machine> {
    const known = machines.get(platform);
    if (known) return known;
    const names = [...machines.keys()].join(", ") || "none";
    throw new TerraError("unknown-platform", `there is no machine ${JSON.stringify(platform)}; there are: ${names}`);
  }

  async function flash(
    platform: string,
    vendorCertificates: Record<string, string[]>,
    configuration?: Uint8Array,
  ): Promise<void> {
    const site = await library();
    const rows = FLASH.flatMap((name) => site.measured.files.filter((row) => row.name === name));
    const codes = await Promise.all(rows.map((row) => site.file(`measured/${row.path}`)));
    const files = rows.flatMap((row, at): [string, Uint8Array][] => {
      const code: [string, Uint8Array] = [row.name, codes[at] ?? new Uint8Array()];
      const certificates = vendorCertificates[row.sha256] ?? [];
      const text = certificates.map((pem) => `${pem.trimEnd()}\n`).join("");
      return text ? [code, [`${row.name}.crt`, new TextEncoder().encode(text)]] : [code];
    });
    if (configuration) files.push([CONFIGURATION_ENTRY, configuration]);
    const machine = await machineFor(platform);
    machine.put(createMedium("flash", "flash", { bytes: buildContainer(files), shared: false }));
  }

  async function insertImage(platform: string, image: string): Promise<{ firmware: string; boot: string }> {
    const site = await library();
    const row = site.image(image);
    const [descriptor, stub, kernel, bootBytes] = await Promise.all([
      site.file(`images/${row.descriptor.path}`),
      site.file(`images/${row.stub.path}`),
      site.file(`images/${row.kernel.path}`),
      site.file(`images/${row.boot.path}`),
    ]);
    const machine = await machineFor(platform);
    const firmwareBytes =
      firmwareMedia.get(image) ??
      buildContainer([
        ["descriptor.json", descriptor],
        ["stub", stub],
        ["kernel", kernel],
      ]);
    firmwareMedia.set(image, firmwareBytes);
    // From here on nothing waits, so that two of one image do not take the same names.
    let name = image;
    for (let copy = 2; machine.has(`${name}.firmware`) || machine.has(`${name}.boot`); copy++)
      // A dot, which no image's id has: a second hello must not be taken for the first hello-2.
      name = `${image}.${copy}`;
    const ids = { firmware: `${name}.firmware`, boot: `${name}.boot` };
    machine.put(createMedium(ids.firmware, "disk", { bytes: firmwareBytes, shared: true }));
    machine.put(createMedium(ids.boot, "disk", { bytes: bootBytes, shared: true }));
    return ids;
  }

  async function insert(platform: string, bytes: Bytes, wanted?: string): Promise<string> {
    const machine = await machineFor(platform);
    let id = wanted ?? "disk1";
    for (let next = 2; wanted === undefined && machine.has(id); next++) id = `disk${next}`;
    if (machine.has(id) || id === "flash" || id === "sealed") {
      throw new TerraError("bad-argument", `${platform} has a medium ${id} already, or that name is taken`);
    }
    machine.put(createMedium(id, "disk", { bytes, shared: false }));
    return id;
  }

  async function take(platform: string, id: string): Promise<string> {
    const medium = (await existing(platform)).take(id);
    const handle = crypto.randomUUID();
    taken.set(handle, { medium, from: platform });
    return handle;
  }

  async function put(platform: string, handle: string): Promise<string> {
    const machine = await existing(platform);
    const found = taken.get(handle);
    if (!found) throw new TerraError("unknown-disk", `no disk lies here under the handle ${JSON.stringify(handle)}`);
    taken.delete(handle);
    const { medium } = found;
    let id = medium.id;
    for (let next = 2; machine.has(id); next++) id = `${medium.id}.${next}`;
    machine.put(medium.named(id));
    return id;
  }

  async function scrap(platform: string): Promise<void> {
    const machine = existing(platform);
    machines.delete(platform);
    for (const [handle, { from }] of taken) if (from === platform) taken.delete(handle);
    (await machine).scrap();
  }

  return {
    async answer(request) {
      switch (request.op) {
        case "init": {
          const { images, measured } = await init(request.base);
          return { images, measured };
        }
        case "file": {
          const bytes = (await (await library()).file(request.path)).slice();
          return new Transferred(bytes, [bytes.buffer]);
        }
        case "machine": {
          const port = (await machineFor(request.platform)).port();
          return new Transferred(port, [port]);
        }
        case "flash":
          return flash(request.platform, request.vendorCertificates, request.configuration);
        case "insert-image":
          return insertImage(request.platform, request.image);
        case "insert":
          return insert(request.platform, request.bytes as Bytes, request.id);
        case "list":
          return (await existing(request.platform)).list();
        case "read": {
          const bytes = (await existing(request.platform)).read(request.medium, request.offset, request.length);
          return new Transferred(bytes, [bytes.buffer]);
        }
        case "write":
          return (await existing(request.platform)).write(request.medium, request.offset, request.bytes);
        case "restore":
          return (await existing(request.platform)).restore(request.medium, request.bytes as Bytes);
        case "take":
          return take(request.platform, request.medium);
        case "put":
          return put(request.platform, request.handle);
        case "scrap":
          return scrap(request.platform);
        case "plug":
          return (await machineFor(request.platform)).plug(wires, request.wire);
        case "wire-frames":
          return wires.find(request.wire).frames(request.since ?? 0, request.limit ?? USUAL_FRAMES);
        case "wire-inject":
          return wires.find(request.wire).inject(request.bytes);
        case "wire-intercept":
          return wires.find(request.wire).intercept();
        case "wire-pass":
          return wires.find(request.wire).pass(request.interceptor, request.held, request.frames);
        case "wire-stop-intercept":
          return wires.find(request.wire).stopIntercept(request.interceptor);
      }
    },
  };
}
