import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Authority,
  authority,
  elements,
  leafDer,
  publicKey,
  requestVerifies,
  signatureVerifies,
} from "./test/authority.ts";
import { BUILD_TIMEOUT, buildForTest, collect, type Incoming, openTerminal, run, stop } from "./test/programs.ts";
import { type Line, type SocketDevice, socketDevice, terminalDevice } from "./test/tvmm.ts";

const IDENTITY = "0123456789abcdef".repeat(4);
const NONCE = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i * 3));

let built: ReturnType<typeof buildForTest>;
let ca: Authority;
let folder: string;
let device: SocketDevice;
let agents: ChildProcess[];
beforeAll(() => {
  built = buildForTest("attestd", "endorse", "get-id");
  ca = authority(built.folder);
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
beforeEach(async () => {
  folder = mkdtempSync(join(built.folder, "case-"));
  device = await socketDevice(join(folder, "com2"));
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) await stop(agent);
  device.close();
  rmSync(folder, { recursive: true });
});

const status = () => readFileSync(join(folder, "run/status"), "utf8");
const localSocket = () => join(folder, "run/attestation");

/** Starts attestd on the device and returns what it says on stderr. */
function start(...args: string[]): Incoming {
  const files = ["--status", join(folder, "run/status"), "--socket", localSocket()];
  const agent = spawn(built.path("attestd"), ["--device", device.path, ...files, ...args]);
  agents.push(agent);
  return collect(agent.stderr);
}

/** Plays the TVMM through the agent's start; returns the chain that it was given. */
async function endorsed(line: Line): Promise<string> {
  const request = await line.next();
  expect(request.word).toBe("ENDORSE");
  const chain = ca.endorse(request.body);
  line.send("OK", chain);
  expect(await line.next()).toMatchObject({ word: "GET-ID", body: Buffer.alloc(0) });
  line.send("OK", `${IDENTITY}\n`);
  return chain;
}

/** Takes an answer apart and has openssl judge it. */
function judge(answer: { word: string; body: Buffer }, nonce: Buffer) {
  expect(answer.word, answer.body.toString()).toBe("OK");
  const length = answer.body.readUInt16BE(0);
  const signature = answer.body.subarray(2, 2 + length);
  const chain = answer.body.subarray(2 + length).toString();
  const digest = createHash("sha256").update(leafDer(chain)).digest();
  const message = (nonce: Buffer) => Buffer.concat([Buffer.from("terra-evidence-v1\0"), nonce, digest]);
  const key = publicKey.ofCertificate(chain);
  return {
    chain,
    verifies: signatureVerifies(folder, key, signature, message(nonce)),
    verifiesForAnother: signatureVerifies(folder, key, signature, message(Buffer.alloc(32, 1))),
  };
}

async function challenged(line: Line, nonce = NONCE) {
  line.send("CHALLENGE", nonce);
  return judge(await line.next(), nonce);
}

const said = (log: Incoming, text: string) => log.until((all) => (all.includes(text) ? true : undefined));

describe("attestd", () => {
  test("endorses an evidence key first of all, learns its identity, and answers challenges", async () => {
    start();
    const line = await device.opened();
    const request = await line.next();
    expect(request.word).toBe("ENDORSE");
    expect(requestVerifies(request.body)).toBe(true);
    expect(elements(request.body)).toContain("5 OCTET STRING :evidence:attestd");
    const chain = ca.endorse(request.body);
    line.send("OK", chain);
    expect((await line.next()).word).toBe("GET-ID");
    line.send("OK", `${IDENTITY}\n`);

    for (const nonce of [NONCE, Buffer.alloc(32), Buffer.alloc(32, 255)]) {
      expect(await challenged(line, nonce)).toEqual({ chain, verifies: true, verifiesForAnother: false });
    }
    // Two more, so that the count of the first three is written.
    await challenged(line);
    expect(status()).toMatch(new RegExp(`^identity ${IDENTITY}\nendorsed [0-9]{10,}\nchallenges [34]\n$`));
  });

  test("makes another key at each start", async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 2; i++) {
      start();
      keys.add(publicKey.ofRequest((await (await device.opened()).next()).body));
    }
    expect(keys.size).toBe(2);
  });

  test("keeps a challenge that comes while it waits for a reply", async () => {
    start();
    const line = await device.opened();
    const request = await line.next();
    line.send("CHALLENGE", NONCE);
    const chain = ca.endorse(request.body);
    line.send("OK", chain);
    // Its own business first: GET-ID is on its way before the answer.
    expect((await line.next()).word).toBe("GET-ID");
    line.send("OK", `${IDENTITY}\n`);
    expect(judge(await line.next(), NONCE)).toMatchObject({ chain, verifies: true });
  });

  test("keeps a challenge that comes before it is endorsed, and answers it when it is", async () => {
    start();
    await device.opened().then((line) => line.send("ERR", "internal: not today"));
    const line = await device.opened();
    line.send("CHALLENGE", NONCE);
    const chain = await endorsed(line);
    expect(judge(await line.next(), NONCE)).toMatchObject({ chain, verifies: true });
  });

  test("answers ERR to a nonce of another size", async () => {
    start();
    const line = await device.opened();
    await endorsed(line);
    for (const size of [0, 31, 33, 65536]) {
      line.send("CHALLENGE", Buffer.alloc(size));
      const answer = await line.next();
      expect([answer.word, answer.body.toString()]).toEqual(["ERR", `a nonce has 32 bytes, this one has ${size}`]);
    }
    expect(await challenged(line)).toMatchObject({ verifies: true });
  });

  test("does not take a certificate that is not for its key, nor what is none, and asks again", async () => {
    const log = start();
    let line = await device.opened();
    await line.next();
    const other = await run(built.path("endorse"), ["--device", "/nowhere", "--csr-out", join(folder, "other.csr")]);
    expect(other.code).toBe(3);
    line.send("OK", ca.endorse(readFileSync(join(folder, "other.csr"))));
    await said(log, "not for the key that was sent");
    for (const reply of ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"]) {
      line = await device.opened();
      await line.next();
      line.send("OK", reply);
    }
    line = await device.opened();
    await endorsed(line);
    expect(await challenged(line)).toMatchObject({ verifies: true });
    expect(log.text().match(/does not begin with a PEM certificate/g)?.length).toBe(3);
  });

  test.each([
    ["noise", "\x00\xff\x1b\n"],
    ["a head that is none", "challenge 32\n"],
    ["a length over the limit", "CHALLENGE 65537\n"],
    ["a reply that nobody waits for", "OK 3\nabc"],
    ["a request", "ENDORSE 3\nabc"],
    ["an ERR out of the blue", "ERR 3\nabc"],
  ])("resets the line after %s and goes on", async (_name, bytes) => {
    start();
    const line = await device.opened();
    const chain = await endorsed(line);
    line.raw(Buffer.from(bytes, "latin1"));
    const again = await device.opened();
    expect(await challenged(again)).toMatchObject({ chain, verifies: true });
  });

  test("survives garbage and truncation in place of the replies to its own requests", async () => {
    start();
    for (const reply of ["garbage\n", "OK 99999\n", "OK 100\nshort"]) {
      const line = await device.opened();
      await line.next();
      line.raw(reply);
      line.hangUp();
    }
    const line = await device.opened();
    await endorsed(line);
    expect(await challenged(line)).toMatchObject({ verifies: true });
  });

  test("asks again when nothing comes", async () => {
    start("--patience", "2000");
    const silent = await device.opened();
    const chain = ca.endorse((await silent.next()).body);
    const line = await device.opened();
    await line.next();
    line.send("OK", chain);
    await line.next();
    line.send("OK", `${IDENTITY}\n`);
    expect(await challenged(line)).toMatchObject({ chain, verifies: true });
  });

  test("opens the device again when the other end goes away", async () => {
    start();
    const line = await device.opened();
    const chain = await endorsed(line);
    line.hangUp();
    expect(await challenged(await device.opened())).toMatchObject({ chain, verifies: true });
  });

  test("says so when there is no device, and finds it when it comes", async () => {
    const path = device.path;
    device.close();
    const log = start();
    await said(log, path);
    device = await socketDevice(path);
    const line = await device.opened();
    await endorsed(line);
    expect(await challenged(line)).toMatchObject({ verifies: true });
    expect(log.text().split("\n").length).toBe(2);
  });

  test("renews its certificate for the same key when it grows old, and uses the new one", async () => {
    start("--renew", "1");
    const line = await device.opened();
    const first = await endorsed(line);
    let frame = await line.next();
    line.send("CHALLENGE", NONCE);
    let latest = first;
    // On a busy machine it may grow old more than once.
    while (frame.word === "ENDORSE") {
      expect(publicKey.ofRequest(frame.body)).toBe(publicKey.ofCertificate(first));
      latest = ca.endorse(frame.body);
      line.send("OK", latest);
      frame = await line.next();
    }
    expect(judge(frame, NONCE)).toMatchObject({ chain: latest, verifies: true });
    expect(latest).not.toBe(first);
  });

  test("lends the line to other programs of the box, and keeps it usable when they misbehave", async () => {
    start();
    const line = await device.opened();
    await endorsed(line);
    // Answered first, so that the local socket is there.
    await challenged(line);

    const asked = run(built.path("endorse"), ["--device", localSocket(), "--data", "tls:shop"]);
    const request = await line.next();
    expect(elements(request.body)).toContain("5 OCTET STRING :tls:shop");
    line.send("CHALLENGE", NONCE);
    line.send("OK", "their chain");
    expect(await asked).toMatchObject({ code: 0, stdout: Buffer.from("their chain") });
    expect(judge(await line.next(), NONCE)).toMatchObject({ verifies: true });

    const identity = run(built.path("get-id"), ["--device", localSocket()]);
    expect((await line.next()).word).toBe("GET-ID");
    line.send("OK", `${IDENTITY}\n`);
    expect(await identity).toMatchObject({ code: 0, stdout: Buffer.from(`${IDENTITY}\n`) });

    // The TVMM refuses: the program learns why, and the line is reset, as it has to be after ERR.
    const refused = run(built.path("endorse"), ["--device", localSocket()]);
    await line.next();
    line.send("ERR", "malformed: no");
    expect(await refused).toMatchObject({ code: 1, stderr: "endorse: refused: malformed: no\n" });
    expect(await challenged(await device.opened())).toMatchObject({ verifies: true });
  });

  test("works over a serial line, on which every byte value passes", async () => {
    const terminal = await openTerminal(built.folder, "cooked");
    const line = terminalDevice(terminal);
    device.close();
    device = { ...device, path: terminal.name };
    start();
    await endorsed(line);
    // Bytes that a terminal for people would act upon: interrupt, end of file, line ends, flow control, erase.
    const bytes = [3, 4, 8, 10, 13, 17, 19, 21, 22, 23, 26, 28, 127, 255, 0];
    const nonce = Buffer.from(Array.from({ length: 32 }, (_, i) => bytes[i % bytes.length] ?? 0));
    expect(await challenged(line, nonce)).toMatchObject({ verifies: true });
    await terminal.close();
  });

  test("is the only one on a serial line", async () => {
    const terminal = await openTerminal(built.folder, "raw");
    device = { ...device, path: terminal.name };
    start();
    await terminalDevice(terminal).next();
    const { code, stderr } = await run(built.path("get-id"), ["--device", terminal.name]);
    expect(code).toBe(3);
    expect(stderr).toContain("in use by another program");
    await terminal.close();
  });
});
