/**
 * The media and network cards in one machine, and the ports through which its firmware, loader and TVMM reach them. A port is bound
 * to its machine, or to one medium of it, when it is made: no request can name another machine. A machine never writes its own flash.
 */
import { serve, Transferred } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import { type MediaRequest, type MediumInfo, type NicInfo, parseMediaRequest } from "../protocol/media.ts";
import type { Bytes } from "../storage/index.ts";
import type { Medium } from "./medium.ts";
import type { Nic, Wires } from "./wires.ts";

export interface Machine {
  readonly platform: string;
  list(): MediumInfo[];
  has(id: string): boolean;
  /** Puts a medium in, or another one in its place. */
  put(medium: Medium): void;
  /** Takes a disk out; "bad-argument" for what belongs to the machine. */
  take(id: string): Medium;
  read(medium: string, offset: number, length: number): Bytes;
  /** Resolves when a medium that outlives the page has been stored. */
  write(medium: string, offset: number, bytes: Uint8Array): Promise<void>;
  restore(medium: string, bytes: Bytes): Promise<void>;
  /** Plugs the next network card into that wire. */
  plug(wires: Wires, wire: string): NicInfo;
  /** A port that serves MediaRequest for all media of this machine, and for its network cards. */
  port(): MessagePort;
  /** Frees the media, unplugs the cards and cuts the ports. */
  scrap(): void;
}

/** What a port reaches. */
interface Reach {
  only?: string;
  readOnly: boolean;
}

/** keep: stores the content of the medium `sealed`. */
export function createMachine(platform: string, keep: (sealed: Bytes) => Promise<void>): Machine {
  const media = new Map<string, Medium>();
  const nics = new Map<string, Nic>();
  const ports = new Set<MessagePort>();

  function find(id: string): Medium {
    const found = media.get(id);
    if (found) return found;
    const there = [...media.keys()].join(", ") || "nothing";
    throw new TerraError("unknown-disk", `${platform} has no medium ${JSON.stringify(id)}; in it: ${there}`);
  }

  function findNic(id: string): Nic {
    const found = nics.get(id);
    if (found) return found;
    const there = [...nics.keys()].join(", ") || "none";
    throw new TerraError("unknown-device", `${platform} has no card ${JSON.stringify(id)}; it has: ${there}`);
  }

  const info = ({ id, kind, size }: Medium): MediumInfo => ({ id, kind, size });
  /** What belongs to every machine first. */
  const inOrder = () =>
    (["flash", "sealed", "disk"] as const).flatMap((kind) => [...media.values()].filter((each) => each.kind === kind));

  async function changed(medium: Medium): Promise<void> {
    if (medium.kind === "sealed") await keep(medium.read(0, medium.size));
  }

  async function write(id: string, offset: number, bytes: Uint8Array): Promise<void> {
    const medium = find(id);
    medium.write(offset, bytes);
    await changed(medium);
  }

  function open(reach: Reach): MessagePort {
    const { port1, port2 } = new MessageChannel();
    ports.add(port1);
    // Where the browser tells that the other end is gone, the port need not be kept until the machine is scrapped.
    port1.addEventListener("close", () => ports.delete(port1));
    serve(port1, parseMediaRequest, (request) => answer(reach, request));
    return port2;
  }

  function answer({ only, readOnly }: Reach, request: MediaRequest): unknown {
    if (request.op === "list") return (only === undefined ? inOrder() : [find(only)]).map(info);
    if (request.op === "nics" || request.op === "open-nic") {
      if (only !== undefined) throw new TerraError("refused", `this port reaches ${only} and no network card`);
      if (request.op === "nics") return [...nics.values()].map((nic) => nic.info);
      const port = findNic(request.nic).port();
      return new Transferred(port, [port]);
    }
    const { medium } = request;
    if (only !== undefined && medium !== only) {
      throw new TerraError(
        "unknown-disk",
        `this port reaches ${only} and no other medium, so no ${JSON.stringify(medium)}`,
      );
    }
    switch (request.op) {
      case "read": {
        const bytes = find(medium).read(request.offset, request.length);
        return new Transferred(bytes, [bytes.buffer]);
      }
      case "write":
        if (readOnly) throw new TerraError("refused", `this port only reads ${medium}`);
        if (find(medium).kind === "flash") {
          throw new TerraError("refused", "the flash is written from outside the machine, not by what runs on it");
        }
        return write(medium, request.offset, request.bytes);
      case "open": {
        find(medium);
        const port = open({ only: medium, readOnly: readOnly || request.readOnly });
        return new Transferred(port, [port]);
      }
    }
  }

  return {
    platform,
    list: () => inOrder().map(info),
    has: (id) => media.has(id),
    put: (medium) => media.set(medium.id, medium),
    take(id) {
      const medium = find(id);
      if (medium.kind !== "disk") {
        throw new TerraError("bad-argument", `the medium ${id} belongs to ${platform} and cannot be taken out`);
      }
      media.delete(id);
      return medium;
    },
    plug(wires, wire) {
      const nic = wires.plug(platform, `eth${nics.size}`, wire);
      nics.set(nic.info.id, nic);
      return nic.info;
    },
    read: (id, offset, length) => find(id).read(offset, length),
    write,
    async restore(id, bytes) {
      const medium = find(id);
      medium.restore(bytes);
      await changed(medium);
    },
    port: () => open({ readOnly: false }),
    scrap() {
      for (const port of ports) port.close();
      ports.clear();
      for (const nic of nics.values()) nic.unplug();
      nics.clear();
      media.clear();
    },
  };
}
