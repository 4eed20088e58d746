/**
 * Where the two appraisers might differ: certificates that were changed anywhere and then signed again by the right key, so
 * that no signature hides how each of them reads DER, names, times and extensions.
 */
import { KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Evidence, readOnePem, signEvidence, toPem } from "../../engine/attestation/index.ts";
import { makeMachine, type TestMachine } from "../../engine/attestation/testing/machine.ts";
import { askBoth } from "./test/appraiser.ts";
import { BUILD_TIMEOUT, buildForTest } from "./test/programs.ts";

const NOW = 1_800_000_000_000;
const nonce = new Uint8Array(32).fill(7);

let built: ReturnType<typeof buildForTest>;
let machine: TestMachine;
let evidence: Evidence;
let folder: string;
beforeAll(async () => {
  built = buildForTest("appraise");
  folder = mkdtempSync(join(built.folder, "case-"));
  machine = await makeMachine(NOW);
  evidence = await machine.answer(nonce);
}, BUILD_TIMEOUT);
afterAll(() => {
  rmSync(folder, { recursive: true });
  built.dispose();
});

/** DER as a tree that may be changed into anything. */
interface Node {
  tag: number;
  content: Uint8Array;
  children?: Node[];
}

function parse(bytes: Uint8Array): Node[] {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const octets = bytes.subarray(start, start + (length & 0x7f));
      length = octets.reduce((sum, octet) => sum * 256 + octet, 0);
      start += octets.length;
    }
    const content = bytes.subarray(start, start + length);
    // The octet strings of extensions hold DER, too, and are opened as well.
    const opens = (tag & 0x20) !== 0 || (tag === 4 && content[0] === 0x30);
    nodes.push(opens ? { tag, content, children: parse(content) } : { tag, content });
    at = start + length;
  }
  return nodes;
}

function serialise(node: Node): Uint8Array {
  const content = node.children ? Buffer.concat(node.children.map((child) => serialise(child))) : node.content;
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(node.tag, ...head), content]);
}

/** Every element with those that it stands among. */
function places(nodes: Node[]): { among: Node[]; at: number }[] {
  return nodes.flatMap((node, at) => [{ among: nodes, at }, ...places(node.children ?? [])]);
}

/** One element changed: what its content becomes, or what happens to it among those it stands with. */
const CONTENT = {
  flip: (bytes: Uint8Array, spot: number, value: number) => bytes.with(spot, (bytes[spot] ?? 0) ^ (1 << (value & 7))),
  set: (bytes: Uint8Array, spot: number, value: number) => bytes.with(spot, value),
  insert: (bytes: Uint8Array, spot: number, value: number) =>
    Buffer.concat([bytes.subarray(0, spot), Uint8Array.of(value), bytes.subarray(spot)]),
  cut: (bytes: Uint8Array, spot: number) => bytes.subarray(0, spot),
};
const PLACE = {
  drop: (among: Node[], at: number) => among.splice(at, 1),
  double: (among: Node[], at: number) => among.splice(at, 0, ...among.slice(at, at + 1)),
  swap: (among: Node[], at: number) => among.splice(at, 0, ...among.splice((at + 1) % among.length, 1)),
  retag: (among: Node[], at: number, value: number) =>
    among.splice(at, 1, ...among.slice(at, at + 1).map((node) => ({ ...node, tag: value }))),
};

interface Change {
  place: number;
  how: keyof typeof CONTENT | keyof typeof PLACE;
  spot: number;
  value: number;
}

const change = fc.record<Change>({
  place: fc.nat(10_000),
  how: fc.constantFrom("flip", "set", "insert", "cut", "drop", "double", "swap", "retag"),
  spot: fc.nat(10_000),
  value: fc.oneof(fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x04, 0x0c, 0x13, 0x16, 0x30, 0x7f, 0x80, 0xff), fc.nat(255)),
});

function apply(root: Node, { place, how, spot, value }: Change): void {
  const all = places(root.children ?? []);
  const { among, at } = all[place % all.length] ?? { among: [], at: 0 };
  const node = among[at];
  if (!node) return;
  if (how === "drop" || how === "double" || how === "swap" || how === "retag") PLACE[how](among, at, value);
  else if (node.content.length > 0) {
    among[at] = { tag: node.tag, content: CONTENT[how](node.content, spot % node.content.length, value) };
  }
}

/** The certificate with its TBSCertificate changed, signed again. */
function remade(pem: string, changes: Change[], issuer: CryptoKey): string {
  const [whole] = parse(readOnePem(pem, "a certificate"));
  const [tbs, algorithm] = whole?.children ?? [];
  if (!tbs || !algorithm) throw new Error("not a certificate");
  for (const each of changes) apply(tbs, each);
  const signed = serialise(tbs);
  const signature = Buffer.concat([Uint8Array.of(0), sign("sha256", signed, KeyObject.from(issuer))]);
  const parts = [parse(signed)[0] ?? tbs, algorithm, { tag: 3, content: signature }];
  return toPem(serialise({ tag: 0x30, content: signature, children: parts }));
}

test("what was changed and signed again is read alike by both", async () => {
  const { keys, tvmm, chain, key, vendorCertificate, layerKeys } = machine;
  const issuers = [tvmm.key, ...layerKeys, keys.hardware.privateKey];
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.nat(chain.length), fc.array(change, { minLength: 1, maxLength: 2 }), async (place, changes) => {
      const told: Evidence = { ...evidence, chain: [...chain], vendors: [vendorCertificate] };
      if (place === chain.length) told.vendors = [remade(vendorCertificate, changes, keys.vendor.privateKey)];
      else told.chain[place] = remade(chain[place] ?? "", changes, issuers[place] ?? tvmm.key);
      if (place === 0)
        told.signature = await signEvidence(key.privateKey, nonce, readOnePem(told.chain[0] ?? "", "leaf"));
      const { c, ts } = await askBoth(built.path("appraise"), folder, {
        evidence: told,
        nonce,
        policy: machine.policy,
      });
      expect(c).toEqual(ts);
      const verdict = c.at(-1) ?? "";
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  // It has to have been everywhere, or it has compared nothing.
  for (const verdict of [
    "accepted",
    "refused at freshness",
    "refused at chain",
    "refused at hardware",
    "refused at vm",
  ]) {
    expect(seen.get(verdict) ?? 0, verdict).toBeGreaterThan(0);
  }
}, 120_000);
