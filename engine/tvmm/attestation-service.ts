/**
 * What a box may ask its TVMM over COM2, and what a challenger may ask the box (paper 2.2 and 4.3): ENDORSE, GET-ID and
 * CHALLENGE. There is one service for each power-on of each box, made with that box's identity, so the caller is known by its
 * device and by nothing it says. Whatever a request claims, the certificate holds the identity that was given here.
 */
import { type Evidence, type Issuer, issueVm, readEvidenceBody, readRequest } from "../attestation/index.ts";
import { attestationDevice } from "../protocol/attestation-device.ts";
import { TerraError } from "../protocol/errors.ts";
import { type Answer, MAX_BODY } from "../protocol/serial-framing.ts";
import type { Messages } from "./messages.ts";

/** How long a box may take to answer a challenge once it listens, ms. */
export const EVIDENCE_MS = 10_000;
/** How long a challenge waits for the box's agent to open the device, ms: a box that has just been switched on still boots. */
export const LISTEN_MS = 20_000;
/** Challenges that wait for their turn; one is outstanding at a time. */
const MAX_WAITING = 16;

/** A closed box's identity, or null for an open box, which has none. */
export type Identity = { primary: string; secondaries: Record<string, string> } | null;

export interface Endorser {
  issuer: Issuer;
  /** PEM: TVMM, loader, firmware, chip. */
  chain: readonly string[];
  /** PEM, untrusted: what lay on the flash, then what came with the VM. */
  vendors: readonly string[];
}

export interface AttestationService {
  /** Bytes that the guest wrote to COM2. */
  receive(bytes: Uint8Array): void;
  dtr(high: boolean): void;
  /** Evidence over this nonce. Codes: "open-box", "busy", "silent", "malformed", "refused", "bad-state" (switched off or suspended meanwhile). */
  challenge(nonce: Uint8Array): Promise<Evidence>;
  /** The box was suspended: nobody waits for its answers any more. What it asked is answered; it reads that when it goes on. */
  suspended(): void;
  stop(): void;
}

export interface AttestationParts {
  name: string;
  identity: Identity;
  endorser: Endorser;
  messages: Messages;
  send(bytes: Uint8Array): void;
  after(ms: number, callback: () => void): () => void;
}

const encoder = new TextEncoder();
const count = (bytes: number) => (bytes === 1 ? "1 byte" : `${bytes} bytes`);

export function attestationService(parts: AttestationParts): AttestationService {
  const { name, identity, endorser, messages } = parts;
  const waiting: { nonce: Uint8Array; settle: Settle }[] = [];
  let current: { settle: Settle; listening: boolean; cancel: () => void } | undefined;
  let listening = false;

  const device = attestationDevice({
    send: parts.send,
    after: parts.after,
    request(verb, body, answer) {
      void handle(verb, body, answer);
    },
    evidence: (accepted, body) => evidence(accepted, body),
    refused(reason) {
      const summary = `what ${name} sent over COM2 is refused: ${reason}`;
      messages.tell({ from: "tvmm", to: name, kind: "endorse", outcome: "refused", summary });
    },
  });

  async function handle(verb: string, body: Uint8Array, answer: Answer): Promise<void> {
    const kind = verb === "GET-ID" ? "get-id" : "endorse";
    const asked = verb === "GET-ID" ? "GET-ID" : `${verb}, ${count(body.length)}`;
    messages.tell({ from: name, to: "tvmm", kind, summary: asked, bytes: body });
    try {
      const { summary, reply } = await serveRequest(verb, body);
      messages.tell({ from: "tvmm", to: name, kind, outcome: "accepted", summary, bytes: reply });
      answer("OK", reply);
    } catch (thrown) {
      const reason = thrown instanceof TerraError ? thrown.message : "internal: the request could not be handled";
      messages.tell({ from: "tvmm", to: name, kind, outcome: "refused", summary: reason });
      answer("ERR", encoder.encode(`${reason}\n`));
    }
  }

  async function serveRequest(verb: string, body: Uint8Array): Promise<{ summary: string; reply: Uint8Array }> {
    if (verb !== "ENDORSE" && verb !== "GET-ID") {
      throw new TerraError("malformed", `the verb ${verb} is unknown; known are ENDORSE and GET-ID`);
    }
    if (!identity) {
      throw new TerraError("open-box", `${name} is an open box; only a closed box has an identity and endorsed keys`);
    }
    if (verb === "GET-ID") {
      if (body.length > 0) {
        throw new TerraError("malformed", `GET-ID came with a body of ${count(body.length)}; it has none`);
      }
      return { summary: `${name} is ${identity.primary}`, reply: encoder.encode(`${identity.primary}\n`) };
    }
    const { publicKey, applicationData } = await readRequest(body);
    const certificate = await issueVm({
      issuer: endorser.issuer,
      primary: identity.primary,
      secondaries: identity.secondaries,
      publicKey,
      ...(applicationData ? { applicationData } : {}),
    });
    const reply = encoder.encode([certificate, ...endorser.chain, ...endorser.vendors].join(""));
    if (reply.length > MAX_BODY) {
      throw new TerraError(
        "internal",
        `the chain and the vendors' certificates have ${count(reply.length)}; COM2 carries ${MAX_BODY}`,
      );
    }
    return { summary: `a key of ${name} is endorsed${purpose(applicationData)}: ${identity.primary}`, reply };
  }

  function next(): void {
    const first = waiting.shift();
    if (!first) return;
    current = { settle: first.settle, listening, cancel: patience() };
    messages.tell({
      from: "verifier",
      to: name,
      kind: "challenge",
      summary: `a challenge of ${count(first.nonce.length)}`,
      bytes: first.nonce,
    });
    device.challenge(first.nonce);
  }

  function patience(): () => void {
    const ms = listening ? EVIDENCE_MS : LISTEN_MS;
    const fault = listening ? "did not answer a challenge" : "did not open the attestation device for a challenge";
    return parts.after(ms, () => fail(new TerraError("silent", `the agent in ${name} ${fault} within ${ms / 1000} s`)));
  }

  /** The agent's time to answer begins when it first listens; closing and opening the device again wins it no more. */
  function dtr(high: boolean): void {
    listening = high;
    if (high && current && !current.listening) {
      current.cancel();
      current.listening = true;
      current.cancel = patience();
    }
    device.dtr(high);
  }

  /** Ends the outstanding challenge, if there is one, and sends the next. */
  function finish(): Settle | undefined {
    const done = current;
    if (!done) return undefined;
    current = undefined;
    done.cancel();
    device.endChallenge();
    return done.settle;
  }

  function fail(error: TerraError, bytes?: Uint8Array): void {
    const settle = finish();
    if (!settle) return;
    messages.tell({
      from: name,
      to: "verifier",
      kind: "evidence",
      outcome: "refused",
      summary: error.message,
      ...(bytes ? { bytes } : {}),
    });
    settle.reject(error);
    next();
  }

  function evidence(accepted: boolean, body: Uint8Array): void {
    if (!accepted) {
      fail(new TerraError("refused", `the agent in ${name} answers: ${printable(body)}`), body);
      return;
    }
    let found: Evidence;
    try {
      found = readEvidenceBody(body);
    } catch (thrown) {
      fail(thrown instanceof TerraError ? thrown : new TerraError("malformed", "the evidence cannot be read"), body);
      return;
    }
    const settle = finish();
    if (!settle) return;
    // The TVMM carries evidence and does not judge it: that is the verifier's business.
    messages.tell({
      from: name,
      to: "verifier",
      kind: "evidence",
      outcome: "accepted",
      summary: `evidence: a signature and ${found.chain.length + found.vendors.length} certificates`,
      bytes: body,
    });
    settle.resolve(found);
    next();
  }

  /** Nobody waits for an answer any more. */
  function giveUp(sentence: string): void {
    const gone = new TerraError("bad-state", sentence);
    const settles = waiting.splice(0).map(({ settle }) => settle);
    finish()?.reject(gone);
    for (const { reject } of settles) reject(gone);
  }

  return {
    receive: device.receive,
    dtr,
    challenge(nonce) {
      if (!identity) {
        const sentence = `${name} is an open box; it has no identity that it could prove`;
        return Promise.reject(new TerraError("open-box", sentence));
      }
      if (waiting.length >= MAX_WAITING) {
        return Promise.reject(new TerraError("busy", `${MAX_WAITING} challenges wait for ${name} already`));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ nonce, settle: { resolve, reject } });
        if (!current) next();
      });
    },
    suspended() {
      giveUp(`${name} was suspended before it answered`);
    },
    stop() {
      device.stop();
      giveUp(`${name} stopped before it answered`);
    },
  };
}

interface Settle {
  resolve(evidence: Evidence): void;
  reject(error: TerraError): void;
}

function purpose(data: Uint8Array | undefined): string {
  const text = data ? printable(data.subarray(0, 9)) : "";
  if (text.startsWith("tls:")) return " for TLS";
  return text.startsWith("evidence:") ? " for evidence" : ", for no use";
}

/** A guest's words inside ours: ASCII, at most 200 characters. */
function printable(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 200))
    .replace(/[^\x20-\x7e]/g, " ")
    .trim();
}
