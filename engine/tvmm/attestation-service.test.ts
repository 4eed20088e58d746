import { describe, expect, it } from "vitest";
import { generateKeyPair, issueHardwareRoot } from "../attestation/index.ts";
import type { BoxMessage } from "../protocol/owner.ts";
import { attestationService, EVIDENCE_MS, type Identity, LISTEN_MS } from "./attestation-service.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const nonce = new Uint8Array(32).fill(66);

/** The service of one box with a clock in the test's hand. */
async function service(identity: Identity = { primary: "c0".repeat(32), secondaries: {} }) {
  const sent: string[] = [];
  const told: Omit<BoxMessage, "at">[] = [];
  let timers: { at: number; callback: () => void }[] = [];
  let now = 0;
  const { privateKey, publicKey } = await generateKeyPair();
  const certificate = await issueHardwareRoot({ keyPair: { privateKey, publicKey } });
  const made = attestationService({
    name: "hello",
    identity,
    endorser: { issuer: { key: privateKey, certificate }, chain: [], vendors: [] },
    messages: { tell: (message) => told.push(message) },
    send: (bytes) => sent.push(new TextDecoder().decode(bytes)),
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  });
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
  return { ...made, sent, told, pass, timers: () => timers.length };
}

describe("a challenge", () => {
  it("that nobody answers is silent after 10 s; the next one is sent when the late answer has come, and is dropped", async () => {
    const box = await service();
    box.dtr(true);
    const first = box.challenge(nonce);
    const second = box.challenge(nonce);
    const silent = expect(first).rejects.toThrow(/^silent: the agent in hello/);
    expect(box.sent).toHaveLength(1);
    box.pass(EVIDENCE_MS - 1);
    expect(box.sent).toHaveLength(1);
    box.pass(1);
    await silent;
    expect(box.told.at(-2)).toMatchObject({ kind: "evidence", outcome: "refused", from: "hello", to: "verifier" });
    expect(box.sent).toHaveLength(1);
    box.receive(ascii("ERR 4\nlate"));
    expect(box.sent).toHaveLength(2);
    const answer = expect(second).rejects.toThrow(/^refused: the agent in hello answers: no key/);
    box.receive(ascii("ERR 6\nno key"));
    await answer;
    expect(box.timers()).toBe(0);
  });

  it("is silent as well where the agent owes an answer to the one before, until it opens the device anew", async () => {
    const box = await service();
    box.dtr(true);
    for (const _ of [1, 2]) {
      const silent = expect(box.challenge(nonce)).rejects.toThrow(/^silent: the agent in hello did not answer/);
      box.pass(EVIDENCE_MS);
      await silent;
    }
    expect(box.sent).toHaveLength(1);
    box.dtr(false);
    box.dtr(true);
    const answer = expect(box.challenge(nonce)).rejects.toThrow(/^refused: the agent in hello answers: no key/);
    box.receive(ascii("ERR 6\nno key"));
    await answer;
  });

  it("waits for an agent that is still booting, and its time to answer begins when it listens", async () => {
    const box = await service();
    const late = expect(box.challenge(nonce)).rejects.toThrow(/did not answer a challenge/);
    box.pass(LISTEN_MS - 1);
    expect(box.sent).toHaveLength(0);
    box.dtr(true);
    expect(box.sent).toHaveLength(1);
    box.pass(EVIDENCE_MS - 1);
    // Opening the device again wins no more time.
    box.dtr(false);
    box.dtr(true);
    box.pass(1);
    await late;
    box.dtr(false);
    const never = expect(box.challenge(nonce)).rejects.toThrow(/did not open the attestation device/);
    box.pass(LISTEN_MS);
    await never;
    expect(box.timers()).toBe(0);
  });

  it("that is answered with garbage is malformed, and the box may go on asking", async () => {
    const box = await service();
    box.dtr(true);
    for (const body of ["", "x", "\0\x40", "\0\x01a-----BEGIN CERTIFICATE-----\n"]) {
      const answer = expect(box.challenge(nonce)).rejects.toThrow(/^malformed: /);
      box.receive(ascii(`OK ${body.length}\n${body}`));
      await answer;
    }
    box.receive(ascii("GET-ID 0\n"));
    await Promise.resolve();
    await Promise.resolve();
    expect(box.sent.at(-1)).toBe(`OK 65\n${"c0".repeat(32)}\n`);
  });

  it("waits in a queue of bounded length", async () => {
    const box = await service();
    const answers = Array.from({ length: 20 }, () => box.challenge(nonce).catch((error: Error) => error.message));
    box.stop();
    const codes = (await Promise.all(answers)).map((message) => String(message).split(":")[0]);
    expect(codes).toEqual([...Array(17).fill("bad-state"), ...Array(3).fill("busy")]);
    expect(box.timers()).toBe(0);
  });

  it("is refused for an open box, and nothing is sent", async () => {
    const box = await service(null);
    box.dtr(true);
    await expect(box.challenge(nonce)).rejects.toThrow(/^open-box: /);
    expect(box.sent).toEqual([]);
  });
});
