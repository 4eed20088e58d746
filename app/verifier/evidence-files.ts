/**
 * Evidence as files that openssl reads, and the commands that check them. Pure but for WebCrypto's hash. The commands are the
 * verifier's first three checks done by somebody who trusts nothing of this page.
 */
import type { Evidence } from "../../engine/lab/api.ts";

export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** What the evidence's signature begins with, before the nonce and the digest of the leaf. */
const LABEL = "terra-evidence-v1";

const encoder = new TextEncoder();

/** DER of the first certificate in a PEM text. */
export function pemToDer(pem: string): Uint8Array {
  const body = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(pem)?.[1] ?? "";
  const binary = atob(body.replace(/\s/g, ""));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The very bytes that the box signed. */
export async function signedBytes(leaf: string, nonce: Uint8Array): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", pemToDer(leaf).slice()));
  const label = encoder.encode(LABEL);
  const signed = new Uint8Array(label.length + 1 + nonce.length + digest.length);
  signed.set(label);
  signed.set(nonce, label.length + 1);
  signed.set(digest, label.length + 1 + nonce.length);
  return signed;
}

/** With a newline at its end, so that files can be joined. */
const text = (pem: string) => encoder.encode(pem.endsWith("\n") ? pem : `${pem}\n`);

export const LAYERS = ["vm", "tvmm", "loader", "firmware", "chip"] as const;

export const COMMANDS: readonly { line: string; output: string }[] = [
  { line: "openssl verify -CAfile root.pem -untrusted chain.pem vm.pem", output: "vm.pem: OK" },
  { line: "openssl x509 -in vm.pem -noout -pubkey -out vm.pub", output: "" },
  { line: "openssl dgst -sha256 -verify vm.pub -signature signature.bin signed.bin", output: "Verified OK" },
];

export async function evidenceFiles(
  { chain, vendors, signature }: Evidence,
  nonce: Uint8Array,
  hardwareRoots: readonly string[],
): Promise<NamedFile[]> {
  const layers = chain.map((pem, index) => ({ name: `${LAYERS[index] ?? `extra-${index}`}.pem`, bytes: text(pem) }));
  return [
    { name: "root.pem", bytes: text(hardwareRoots.map((pem) => pem.trimEnd()).join("\n")) },
    ...layers,
    {
      name: "chain.pem",
      bytes: text(
        chain
          .slice(1)
          .map((pem) => pem.trimEnd())
          .join("\n"),
      ),
    },
    ...vendors.map((pem, index) => ({ name: `vendor-${index + 1}.pem`, bytes: text(pem) })),
    { name: "nonce.bin", bytes: nonce },
    { name: "signature.bin", bytes: signature },
    { name: "signed.bin", bytes: await signedBytes(chain[0] ?? "", nonce) },
    { name: "check.sh", bytes: encoder.encode(`#!/bin/sh -e\n${COMMANDS.map(({ line }) => line).join("\n")}\n`) },
  ];
}
