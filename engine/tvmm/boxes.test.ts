/** A box and its attestation device, from ON to the verifier's answer. */
import { describe, expect, it } from "vitest";
import { appraise, evidenceBody, readCertificate, readOnePem, signEvidence, splitReply } from "../attestation/index.ts";
import type { Evidence } from "../protocol/owner.ts";
import { benches } from "./testing/benches.ts";
import { bytesOf, guest, workerOf } from "./testing/guest.ts";

const bench = benches();

describe("the thin path", () => {
  it("a closed box boots, has a key endorsed, answers a challenge, and the evidence is accepted", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    const worker = workerOf(tb);
    expect(worker.requests.filter(({ op }) => op === "run")).toHaveLength(1);

    const com2 = guest(worker);
    com2.send("GET-ID 0\n");
    expect(await com2.frame()).toEqual({ word: "OK", body: `${image.primary}\n` });

    const { pem, key } = await com2.endorse("evidence:1");
    const { chain, vendors } = splitReply(pem);
    expect(readCertificate(chain[0] ?? "").commonName).toBe(image.primary);

    const nonce = crypto.getRandomValues(new Uint8Array(32));
    const evidence = tb.ask({ op: "challenge", vm, nonce }) as Promise<Evidence>;
    const challenge = await com2.frame();
    expect(challenge.word).toBe("CHALLENGE");
    expect(bytesOf(challenge.body)).toEqual(nonce);
    const signature = await signEvidence(key, nonce, readOnePem(chain[0] ?? "", "leaf"));
    const body = evidenceBody({ chain, vendors, signature });
    com2.send(`OK ${body.length}\n`, body);

    const policy = {
      hardwareRoots: [tb.hardwareRoot],
      accept: {
        firmware: [{ digest: "f1".repeat(32) }],
        loader: [{ digest: "0a".repeat(32) }],
        tvmm: [{ digest: "7e".repeat(32) }],
        vm: [{ digest: image.primary }],
      },
    };
    const verdict = await appraise(await evidence, nonce, policy);
    expect(verdict.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(verdict.accepted).toBe(true);

    expect(tb.messages("challenge")[0]).toMatchObject({ from: "verifier", to: "alice/hello", bytes: nonce });
    expect(tb.messages("evidence")[0]).toMatchObject({ from: "alice/hello", to: "verifier", outcome: "accepted" });
    expect(tb.messages("endorse").map(({ from, outcome }) => [from, outcome])).toEqual([
      ["alice/hello", undefined],
      ["alice/tvmm", "accepted"],
    ]);
  });
});

describe("what a box may ask", () => {
  it("whatever a request claims, the certificate names the caller", async () => {
    const tb = await bench();
    const first = await tb.box("first");
    const second = await tb.box("second");
    await tb.ask({ op: "on", vm: first.vm });
    await tb.ask({ op: "on", vm: second.vm });
    const [one, two] = tb.workers.workers.map(guest);
    const leaf = async (com2: typeof one, data: string) =>
      readCertificate(splitReply((await com2?.endorse(data))?.pem ?? "").chain[0] ?? "");
    expect((await leaf(one, "tls:peer")).commonName).toBe(first.image.primary);
    expect((await leaf(two, "tls:peer")).commonName).toBe(second.image.primary);
  });

  it("an open box gets no endorsement, no identity and no challenge", async () => {
    const tb = await bench();
    const { vm } = await tb.box("pc", { kind: "open" });
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    com2.send("GET-ID 0\n");
    expect(await com2.frame()).toEqual({ word: "ERR", body: expect.stringMatching(/^open-box: /) });
    await expect(tb.ask({ op: "identity", vm })).rejects.toThrow(/^open-box: /);
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^open-box: /);
  });

  it("a closed image that is started as an open box has lost its identity", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", {}, { asOpen: true });
    await tb.ask({ op: "on", vm });
    expect(await tb.status(vm)).toMatchObject({ kind: "open", console: "open" });
    expect((await tb.status(vm))?.primary).toBeUndefined();
    const com2 = guest(workerOf(tb));
    expect((await com2.endorse("evidence:")).word).toBe("ERR");
  });

  it("hostile requests get an error, and the next opening works", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    for (const [request, expected] of [
      ["ENDORSE 5\nxxxxx", "malformed"],
      ["ENDORSE 70000\n", "malformed"],
      ["GET-ID 3\nabc", "malformed"],
      ["FORMAT 0\n", "malformed"],
      ["\0\0\0\n", "malformed"],
    ] as const) {
      const com2 = guest(worker);
      com2.send(request);
      const { word, body } = await com2.frame();
      expect([request, word, body.split(":")[0]]).toEqual([request, "ERR", expected]);
      worker.emit({ type: "dtr", line: 2, high: false, opening: 1 });
    }
    const com2 = guest(worker);
    com2.send("GET-ID 0\n");
    expect((await com2.frame()).body).toBe(`${image.primary}\n`);
  });
});

describe("challenges", () => {
  it("one is outstanding at a time, and the others wait their turn", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const nonces = [1, 2, 3].map((value) => new Uint8Array(32).fill(value));
    const answers = nonces.map((nonce) =>
      tb.ask({ op: "challenge", vm, nonce }).catch((error: Error) => error.message),
    );
    for (const nonce of nonces) {
      expect(bytesOf((await com2.frame()).body)).toEqual(nonce);
      com2.send("OK 3\nabc");
    }
    for (const answer of answers) expect(await answer).toMatch(/^malformed: /);
    expect((await tb.status(vm))?.state).toBe("on");
  });

  it("a box that halts in the middle rejects what waits, at once", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const refused = expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
    await com2.frame();
    workerOf(tb).emit({ type: "halt", halt: { reason: "panic" } });
    await refused;
  });

  it("a box that stops in the middle rejects what waits", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const answer = tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) });
    const refused = expect(answer).rejects.toThrow(/^bad-state: /);
    await com2.frame();
    await tb.ask({ op: "off", vm });
    await refused;
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
  });
});
