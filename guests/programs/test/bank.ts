/**
 * A home bank on this computer: its two programs as the images hold them, over loopback, each with a TVMM that stands in and
 * endorses as the real one does. A tap between the two records every byte, and may do more.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import {
  issueVendorCertificate,
  issueVm,
  LAYERS,
  readRequest,
  type Trust,
  writeTrust,
} from "../../../engine/attestation/index.ts";
import { DIGESTS, type TestMachine } from "../../../engine/attestation/testing/machine.ts";
import { collect, type Incoming, openTerminal, stop, type Terminal } from "./programs.ts";
import { screenOf } from "./screen.ts";
import { type SocketDevice, socketDevice } from "./tvmm.ts";

/** A box as its TVMM knows it. */
export interface Identity {
  digest: string;
  product: string;
  version: string;
  /** Whether its vendor's certificate came with it. */
  vouched: boolean;
  secondaries: Record<string, string>;
}

export const TRUST_DISK = "7a".repeat(32);
export const CLIENT: Identity = {
  digest: "c1".repeat(32),
  product: "Terra Lab bank client",
  version: "1.0.0",
  vouched: true,
  secondaries: { trust: TRUST_DISK },
};
export const BANK: Identity = { ...CLIENT, digest: "ba".repeat(32), product: "Terra Lab bank server" };

/** A vendor's word for a box. */
export function vendorCertificate(machine: TestMachine, { digest, product, version }: Identity): Promise<string> {
  const issuer = { key: machine.keys.vendor.privateKey, certificate: machine.vendorRoot };
  return issueVendorCertificate({ issuer, layer: "vm", digest, vendor: "Terra Lab", product, version });
}

/** What the TVMM replies to a box's ENDORSE. */
export async function endorsement(machine: TestMachine, identity: Identity, csr: Uint8Array): Promise<string> {
  const { digest, secondaries, vouched } = identity;
  const { publicKey, applicationData } = await readRequest(csr);
  const leaf = await issueVm({
    ...{ issuer: machine.tvmm, primary: digest, secondaries, publicKey },
    ...(applicationData ? { applicationData } : {}),
  });
  const vendors = vouched ? [await vendorCertificate(machine, identity)] : [];
  return [leaf, ...machine.chain.slice(1), ...vendors].join("");
}

/** Answers ENDORSE on a device for as long as it is open. */
async function endorseAll(device: SocketDevice, machine: TestMachine, identity: Identity): Promise<void> {
  for (;;) {
    const line = await device.opened();
    line.send("OK", await endorsement(machine, identity, (await line.next()).body));
  }
}

/** What the site's keeper writes: each side accepts the other's product. */
export async function siteTrust(machine: TestMachine, more: Trust["common"] = {}): Promise<string> {
  const { hardwareRoots = [], vendorRoots = {} } = machine.policy;
  const product = (name: string) => ({ accept: { vm: [{ product: name, minVersion: "1.0.0" }] } });
  const [client, bank] = [product(CLIENT.product), product(BANK.product)];
  const below = LAYERS.filter((layer) => layer !== "vm").map((layer) => [layer, [{ digest: DIGESTS[layer] }]]);
  return writeTrust({
    common: { hardwareRoots, vendorRoots, accept: Object.fromEntries(below), ...more },
    roles: Object.fromEntries(
      ["bank", "bank-unbound", "tlsbench"].flatMap((name) => {
        const [program, ...variant] = name.split("-");
        const role = (side: string) => [program, side, ...variant].join("-");
        return [
          [role("client"), bank],
          [role("server"), client],
        ];
      }),
    ),
  });
}

export interface Tap {
  port: number;
  /** All that passed, both ways. */
  bytes(): Buffer;
  close(): void;
}

/** A wire between a client and the bank: passes everything on. */
export async function tap(to: number): Promise<Tap> {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => {
        seen.push(Buffer.from(bytes));
        into.write(bytes);
      });
      from.on("end", () => into.end());
      from.on("error", () => into.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => Buffer.concat(seen),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A port that nobody listens on at the moment, with room for the next two. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

interface Started {
  child: ChildProcess;
  device: SocketDevice;
}

export interface Setup {
  folder: string;
  program: string;
  machine: TestMachine;
  identity: Identity;
  trust: string;
  port: number;
  tls?: string;
  config?: string;
  /** Default: the client's or the server's of the bank. */
  role?: string;
}

let boxes = 0;

async function start(setup: Setup, role: string, stdio: (number | "pipe" | "inherit" | "ignore")[]): Promise<Started> {
  const name = join(setup.folder, `box-${++boxes}`);
  const put = (suffix: string, text: string): string => {
    writeFileSync(`${name}-${suffix}`, text);
    return `${name}-${suffix}`;
  };
  const device = await socketDevice(`${name}-com2`);
  void endorseAll(device, setup.machine, setup.identity);
  const settings = `role=${role}\nport=${setup.port}\npeer=127.0.0.1\ntls=${setup.tls ?? "1.2"}\n`;
  const { product, version } = setup.identity;
  const args = [
    ...["--settings", put("settings", settings), "--config", put("config", setup.config ?? "")],
    ...["--trust", put("trust", setup.trust), "--device", device.path],
    ...["--product", put("product", `product ${product}\nversion ${version}\n`)],
  ];
  return { child: spawn(setup.program, args, { stdio }), device };
}

export interface BankBox {
  log: Incoming;
  /** Resolves when the log has this. */
  says(text: string): Promise<true>;
  stop(): Promise<void>;
}

export async function startBank(setup: Setup): Promise<BankBox> {
  const { child, device } = await start(setup, setup.role ?? "bank-server", ["ignore", "pipe", "inherit"]);
  if (!child.stdout) throw new Error("no output");
  const log = collect(child.stdout);
  const says = (text: string) => log.until((all) => (all.includes(text) ? true : undefined));
  return {
    log,
    says,
    stop: async () => {
      await stop(child);
      device.close();
    },
  };
}

export interface ClientBox {
  /** The screen, once a line of it fits. */
  shows(pattern: RegExp): Promise<string>;
  type(text: string): void;
  /** All that it ever showed, each time that it was looked at. */
  screens(): string[];
  stop(): Promise<void>;
}

export async function startClient(setup: Setup): Promise<ClientBox> {
  const terminal: Terminal = await openTerminal(join(setup.folder, ".."), "cooked");
  const tty = openSync(terminal.name, "r+");
  const { child, device } = await start(setup, setup.role ?? "bank-client", [tty, tty, "inherit"]);
  const seen: string[] = [];
  return {
    shows: (pattern) =>
      terminal.output.until((all) => {
        const screen = screenOf(all).join("\n");
        seen.push(screen);
        return pattern.test(screen) ? screen : undefined;
      }),
    type: (text) => terminal.type(text),
    screens: () => seen,
    stop: async () => {
      await stop(child);
      device.close();
      await terminal.close();
    },
  };
}

export interface Mallory {
  log: Incoming;
  says(text: string): Promise<true>;
  stop(): Promise<void>;
}

/** The attacker's tool, which waits at ports of this computer. */
export async function startMallory(program: string, args: string[]): Promise<Mallory> {
  // A group of its own: it is several processes.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  if (!child.stdout) throw new Error("no output");
  const log = collect(child.stdout);
  return {
    log,
    says: (text) => log.until((all) => (all.includes(text) ? true : undefined)),
    stop: () => stop(child),
  };
}
