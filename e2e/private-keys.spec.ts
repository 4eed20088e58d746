/** No private key in the site or in any image: a search, which finds one where it is planted. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, judgeBytes, test } from "./support.ts";

const SITE = path.join(import.meta.dirname, "..", "dist");

/** DER in hex digits; `..` stands for any byte. Matched against bytes read as latin1. */
const der = (pattern: string): RegExp =>
  new RegExp(
    pattern.replaceAll(" ", "").replace(/\.\.|[0-9a-f]{2}/g, (byte) => (byte === ".." ? "[^]" : `\\x${byte}`)),
  );

const PATTERNS: [string, RegExp][] = [
  ["PEM", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}/],
  // PrivateKeyInfo (RFC 5958): version 0, AlgorithmIdentifier of P-256 or RSA, OCTET STRING.
  ["PKCS#8 EC", der("020100 3013 06072a8648ce3d0201 06082a8648ce3d030107 04")],
  ["PKCS#8 RSA", der("020100 300d 06092a864886f70d010101 0500 0482")],
  // RSAPrivateKey (RFC 8017): version 0, a modulus of 1024 bits or more.
  ["PKCS#1", der("3082.... 020100 0282.... 00")],
  // ECPrivateKey (RFC 5915): version 1, 32 bytes, named curve P-256.
  ["SEC1", der(`30.. 020101 0420 ${"..".repeat(32)} a00a 06082a8648ce3d030107`)],
  ["JWK", /"kty"\s*:\s*"(?:EC|RSA|OKP)"[^{}]*"d"\s*:\s*"[A-Za-z0-9_-]{16}/],
];

/** What kind of private key lies in these bytes, compressed or not. */
function findKey(content: Buffer): string | undefined {
  const plain = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
  const text = plain.toString("latin1");
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0];
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test("dist/ and the images in it hold no private key", () => {
  const all = files(SITE);
  expect(all.filter((file) => file.endsWith(".gz")).length).toBeGreaterThan(4);
  expect(all.some((file) => file.includes("measured"))).toBe(true);
  const found = all.flatMap((file) => {
    const kind = findKey(readFileSync(file));
    return kind ? [`${kind} in ${path.relative(SITE, file)}`] : [];
  });
  expect(found).toEqual([]);
});

test("the search finds a key of each form where one is planted", () => {
  const image = files(SITE).find((file) => file.endsWith(".gz")) ?? "";
  const plain = gunzipSync(readFileSync(image));
  const ec = judgeBytes("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  const rsa = judgeBytes("openssl", ["genpkey", "-algorithm", "RSA"]);
  const keys: [string, Buffer][] = [
    ["PEM", ec],
    ["PKCS#8 EC", judgeBytes("openssl", ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], ec)],
    ["PKCS#8 RSA", judgeBytes("openssl", ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], rsa)],
    ["PKCS#1", judgeBytes("openssl", ["rsa", "-traditional", "-outform", "DER"], rsa)],
    ["SEC1", judgeBytes("openssl", ["ec", "-outform", "DER"], ec)],
    ["JWK", Buffer.from(`{"kty":"EC","crv":"P-256","d":"${"jpsQ-nnGQmL_".repeat(4).slice(0, 43)}"}`)],
  ];
  for (const [kind, key] of keys) {
    const planted = Buffer.concat([plain.subarray(0, 5000), key, plain.subarray(5000, 20_000)]);
    expect(findKey(planted), `${kind}, plain`).toBe(kind);
    expect(findKey(gzipSync(planted)), `${kind}, compressed`).toBe(kind);
  }
});
