/** The banking images in two emulated PCs on one wire, with stand-ins for their TVMMs at the other end of COM2. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { toPem, trustDisk } from "../engine/attestation/index.ts";
import { makeMachine, type TestMachine } from "../engine/attestation/testing/machine.ts";
import { pcapng } from "../engine/network/pcapng.ts";
import { judge } from "../engine/network/testing/tshark.ts";
import type { FrameBatch } from "../engine/protocol/frames.ts";
import { type Keyboard, keyboard } from "../engine/vm/keyboard.ts";
import { type Booted, boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { type NetworkCard, plugInCard } from "../engine/vm/virtio-net.ts";
import { BANK, CLIENT, endorsement, type Identity, siteTrust } from "./programs/test/bank.ts";
import { type Line, lineOver } from "./programs/test/tvmm.ts";

const CONFIG_SIZE = 4096;

let machine: TestMachine;
let trust: Uint8Array;
let boxes: Box[] = [];
const wires: MessagePort[] = [];
beforeAll(async () => {
  machine = await makeMachine();
  trust = trustDisk(await siteTrust(machine));
});
afterEach(() => {
  for (const { machine: each } of boxes) each.halt({ reason: "test" });
  boxes = [];
  for (const port of wires.splice(0)) port.close();
});

interface Box extends Booted {
  type(text: string): void;
  /** The screen, once it shows this. */
  shows(pattern: RegExp): Promise<string>;
}

async function serve(line: Line, identity: Identity): Promise<void> {
  for (;;) {
    const { word, body } = await line.next();
    if (word === "ENDORSE") line.send("OK", await endorsement(machine, identity, body));
    else if (word === "GET-ID") line.send("OK", `${identity.digest}\n`);
    else line.send("ERR", "unsupported");
  }
}

const disk = (bytes: Uint8Array) => ({
  size: bytes.length,
  read: (offset: number, length: number) => Uint8Array.from(bytes.subarray(offset, offset + length)),
});

const MACS: Record<string, string> = { "bank-server": "01", "bank-client": "02", mallory: "03" };

/** A box of this image on a wire; an open one has no TVMM that knows it. */
async function start(image: string, identity: Identity | undefined, port?: MessagePort, config = ""): Promise<Box> {
  if (!port) throw new Error("the wire has no such end");
  const owners = new Uint8Array(CONFIG_SIZE);
  owners.set(new TextEncoder().encode(config));
  let card: NetworkCard | undefined;
  let keys: Keyboard | undefined;
  let waiting: (() => void)[] = [];
  const { line, take } = lineOver(
    (bytes) => booted.machine.serial(2).write(bytes),
    () => undefined,
  );
  if (identity) void serve(line, identity);
  const booted = await boot(
    builtImage(image),
    {
      plugIn(board) {
        // In another order than the slots': a box finds its disks by their names.
        plugInDisk(board, 2, { serial: "config", readOnly: false, source: disk(owners), onIntegrity() {} });
        plugInDisk(board, 1, { serial: "trust", readOnly: true, source: disk(trust), onIntegrity() {} });
        const [, last = "ff"] = Object.entries(MACS).find(([name]) => image.startsWith(name)) ?? [];
        card = plugInCard(board, { pci: 8, mac: `02:00:00:00:00:${last}`, port });
      },
    },
    {
      serial: (number, bytes) => number === 2 && take(Buffer.from(bytes)),
      slice() {
        card?.service();
        keys?.service();
        for (const check of waiting) check();
      },
      halt() {
        card?.unplug();
      },
    },
  );
  keys = keyboard(booted.machine.emulator);
  await booted.machine.run();
  const box: Box = {
    ...booted,
    type: (text) => keys?.type(text),
    shows: (pattern) =>
      new Promise((done) => {
        const check = () => {
          const text = booted.screen.text();
          if (!pattern.test(text)) return;
          waiting = waiting.filter((each) => each !== check);
          done(text);
        };
        waiting.push(check);
      }),
  };
  boxes.push(box);
  return box;
}

/** A wire with so many ends, each of which gets what the others send; all frames are kept. */
function tappedWire(count: number): { ends: MessagePort[]; frames: Uint8Array[]; bytes(): Buffer } {
  const cables = Array.from({ length: count }, () => new MessageChannel());
  const seen: Uint8Array[] = [];
  for (const { port2 } of cables) {
    wires.push(port2);
    port2.onmessage = ({ data }: MessageEvent<FrameBatch>) => {
      seen.push(...data.frames.map((frame) => Uint8Array.from(frame)));
      for (const other of cables) if (other.port2 !== port2) other.port2.postMessage(data);
    };
  }
  return { ends: cables.map(({ port1 }) => port1), frames: seen, bytes: () => Buffer.concat(seen) };
}

/** What Wireshark's own program finds in a capture of these frames: handshake messages, and certificates as DER. */
function handshakeIn(frames: readonly Uint8Array[]): { types: string[]; certificates: Buffer[] } {
  const capture = pcapng({
    interfaces: [{ name: "internet" }],
    frames: frames.map((bytes, at) => ({ interface: 0, at: Date.UTC(2026, 0) + at, bytes })),
  });
  const read = (field: string) =>
    judge("tshark", capture, ["-Y", "tls.handshake", "-d", "tcp.port==4433,tls", "-T", "fields", "-e", field])
      .split(/[\n,]/)
      .filter((value) => value !== "");
  const certificates = read("tls.handshake.certificate").map((hex) => Buffer.from(hex.replaceAll(":", ""), "hex"));
  return { types: read("tls.handshake.type"), certificates };
}

/** Whether openssl finds its way from the first certificate over the next four to the root. */
function verifies(certificates: readonly Buffer[], purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), "terra-captured-"));
  try {
    const put = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const [leaf = "", ...above] = certificates.slice(0, 5).map((der) => toPem(der));
    const files = [put("root", machine.hardwareRoot), put("above", above.join("")), put("leaf", leaf)];
    const [root = "", untrusted = "", last = ""] = files;
    return execFileSync("openssl", ["verify", "-CAfile", root, "-purpose", purpose, "-untrusted", untrusted, last])
      .toString()
      .replace(folder, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fillIn(person: Box, label: string, text: string, shown = text): Promise<void> {
  await person.shows(new RegExp(`${label} +_`));
  person.type(text);
  await person.shows(new RegExp(`${label} +${shown}_`));
  person.type("\n");
}

describe.skipIf(!imagesBuilt)("home banking in boxes", () => {
  test("finds its disks and its card, appraises and is appraised, and moves money", { timeout: 180_000 }, async () => {
    const wire = tappedWire(2);
    const [left, right] = wire.ends;
    const server = await start("bank-server", BANK, left);
    await server.said(1, "listens on port 4433");
    const person = await start("bank-client", CLIENT, right);
    expect(await person.shows(/Name +_/)).toContain("10.0.0.1 is Terra Lab bank server 1.0.0");
    await fillIn(person, "Name", "Ada Lovelace");
    await fillIn(person, "PIN", "2718", "\\*{4}");
    await person.shows(/Account of +Ada Lovelace/);
    person.type("1");
    const before = /Your balance: (\d+\.\d\d)/.exec(await person.shows(/Your balance: \d/))?.[1] ?? "";
    person.type("2");
    await fillIn(person, "Transfer", "123.45");
    await fillIn(person, "to", "Charles Babbage");
    const after = /Your balance: (\d+\.\d\d)/.exec(await person.shows(/Transferred/))?.[1] ?? "";
    expect(Number(before) - Number(after)).toBeCloseTo(123.45, 5);
    person.type("3");
    await person.shows(/you have left/);
    await server.said(1, "leaves");

    const log = server.output[1].replaceAll("\r", "");
    expect(log).toMatch(/^10\.0\.0\.2:\d+ passed secondary: .*\n10\.0\.0\.2:\d+ accepted$/m);
    const bytes = wire.bytes();
    for (const secret of ["Ada Lovelace", "2718", "Charles Babbage", "123.45", before, after]) {
      expect(bytes.includes(secret), `${secret} on the wire`).toBe(false);
      expect(log, `${secret} in the log`).not.toContain(secret);
    }
    const { types, certificates } = handshakeIn(wire.frames);
    // Both hellos, certificates, the bank's key exchange, request and end, the client's key exchange and proof of its key.
    expect(types).toEqual(["1", "2", "11", "12", "13", "14", "11", "16", "15"]);
    expect(certificates.length).toBe(12);
    expect(verifies(certificates.slice(0, 6), "sslserver")).toBe("/leaf: OK\n");
    expect(verifies(certificates.slice(6), "sslclient")).toBe("/leaf: OK\n");
    // The control: what is not encrypted can be read there, each end's product in its vendor's certificate.
    expect([bytes.includes(CLIENT.product), bytes.includes(BANK.product)]).toEqual([true, true]);
  });

  test("its owner says where it stands and which TLS it speaks; a new version comes in", {
    timeout: 180_000,
  }, async () => {
    const wire = tappedWire(2);
    const [left, right] = wire.ends;
    const server = await start("bank-server", BANK, left, "address=10.0.0.9/24\n");
    await server.said(1, "listens on port 4433");
    const next = { ...CLIENT, digest: "c2".repeat(32), version: "1.1.0" };
    const person = await start(
      "bank-client-2",
      next,
      right,
      "address=10.0.0.7/24\npeer=10.0.0.9\ntls=1.3\nrole=bank-server\n",
    );
    await person.shows(/Name +_/);
    const log = server.output[1];
    expect(log).toMatch(/10\.0\.0\.7:\d+ passed vm: .*"Terra Lab bank client" 1\.1\.0, says its vendor/);
    expect(wire.bytes().includes(CLIENT.product)).toBe(false);
  });

  test("is read and changed by a man in the middle, where it is not bound to what was appraised", {
    timeout: 180_000,
  }, async () => {
    const [left, right, between] = tappedWire(3).ends;
    const server = await start("bank-server-unbound", BANK, left);
    await server.said(1, "listens on port 4434");
    const attacker = await start("mallory", undefined, between);
    await attacker.shell("ip address add 10.0.0.3/24 dev eth0");
    const orders = "--forward 4434 --unwrap 4433 --rewrite Charles=Mallory";
    await attacker.shell(
      `mallory --to 10.0.0.1 ${orders} > /tmp/read & until grep -q 4433 /tmp/read; do sleep 0.1; done`,
    );
    const person = await start("bank-client-unbound", CLIENT, right, "peer=10.0.0.3\n");
    expect(await person.shows(/Name +_/)).toContain("10.0.0.3 is Terra Lab bank server 1.0.0");
    await fillIn(person, "Name", "Ada");
    await fillIn(person, "PIN", "2718", "\\*{4}");
    await person.shows(/Account of +Ada/);
    person.type("2");
    await fillIn(person, "Transfer", "123.45");
    await fillIn(person, "to", "Charles");
    await person.shows(/Transferred/);
    expect(server.output[1]).toMatch(/10\.0\.0\.3:\d+ accepted/);
    const read = await attacker.shell("cat /tmp/read");
    expect(read).toContain("client: LOGIN 2718 Ada\n");
    expect(read).toContain("changed: TRANSFER 123.45 Mallory\n");
  });
});
