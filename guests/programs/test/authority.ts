/** Certificates and judgements by the `openssl` program, which knows nothing of this project. */
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Authority {
  /** PEM text: a certificate for the request's key, then that of the authority. */
  endorse(csr: Uint8Array): string;
}

const openssl = (args: string[], input: Uint8Array | string = "") =>
  execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] });

export function authority(folder: string): Authority {
  const key = join(folder, "authority.key");
  const certificate = join(folder, "authority.crt");
  openssl(
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -days 2 -keyout ${key} -out ${certificate}`.split(
      " ",
    ),
  );
  return {
    endorse(csr) {
      const request = join(folder, "request.der");
      writeFileSync(request, csr);
      const leaf = openssl(
        `x509 -req -inform der -in ${request} -CA ${certificate} -CAkey ${key} -CAcreateserial -days 1`.split(" "),
      );
      return leaf.toString() + openssl(["x509", "-in", certificate]).toString();
    },
  };
}

/** Whether the request's own signature is good. By what openssl says: its exit code is 0 either way. */
export function requestVerifies(csr: Uint8Array): boolean {
  const { stderr } = spawnSync("openssl", ["req", "-verify", "-noout", "-inform", "der"], { input: csr });
  return /verify OK/.test(stderr.toString());
}

/** The request's attributes and all else, as `openssl asn1parse` prints them: one "depth tag: value" each. */
export function elements(der: Uint8Array): string[] {
  return openssl(["asn1parse", "-inform", "der"], der)
    .toString()
    .trim()
    .split("\n")
    .map((line) => /d=(\d+) .*(?:cons|prim): (.*?)\s*$/.exec(line))
    .map((match) => `${match?.[1]} ${match?.[2]?.replace(/\s+/g, " ")}`);
}

/** Whether the public part of a private key (PEM) belongs to its private part. */
export function keyVerifies(pem: string): boolean {
  return spawnSync("openssl", ["pkey", "-check", "-noout"], { input: pem }).status === 0;
}

/** PEM of the public key in a request, a certificate (the first of a chain) or a private key. */
export const publicKey = {
  ofRequest: (csr: Uint8Array) => openssl(["req", "-inform", "der", "-noout", "-pubkey"], csr).toString(),
  ofCertificate: (pem: string) => openssl(["x509", "-noout", "-pubkey"], pem).toString(),
  ofPrivateKey: (pem: string) => openssl(["pkey", "-pubout"], pem).toString(),
};

/** The first certificate of a chain as DER. */
export const leafDer = (pem: string): Buffer => openssl(["x509", "-outform", "der"], pem);

/** ECDSA with SHA-256 over `message`. */
export function signatureVerifies(folder: string, key: string, signature: Uint8Array, message: Uint8Array): boolean {
  const keyFile = join(folder, "public.pem");
  const signatureFile = join(folder, "signature.der");
  writeFileSync(keyFile, key);
  writeFileSync(signatureFile, signature);
  const args = ["dgst", "-sha256", "-verify", keyFile, "-signature", signatureFile];
  return spawnSync("openssl", args, { input: message }).status === 0;
}
