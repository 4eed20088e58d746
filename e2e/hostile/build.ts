/** Hostile bundles, made with the project's own bundler, and put on a machine's flash by the attacker's hands. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { bundle } from "../../tools/measured.mjs";

const SITE = path.join(import.meta.dirname, "..", "..", "dist");

interface MeasuredFile {
  name: string;
  path: string;
  size: number;
  sha256: string;
}

export function measuredFile(name: string): MeasuredFile {
  const manifest = JSON.parse(readFileSync(path.join(SITE, "measured/manifest.json"), "utf8")) as {
    files: MeasuredFile[];
  };
  const found = manifest.files.find((file) => file.name === name);
  if (!found) throw new Error(`dist/measured lists no ${name}`);
  return found;
}

const json = JSON.stringify;
export const sha256 = (code: Uint8Array): string => createHash("sha256").update(code).digest("hex");

export async function hostile(name: string, define: Record<string, string> = {}): Promise<Uint8Array> {
  const quoted = Object.fromEntries(Object.entries(define).map(([key, value]) => [key, json(value)]));
  return (await bundle({ name, entry: `e2e/hostile/${name}.ts`, define: quoted })).bytes;
}

/** As long as what it takes the place of on the flash: the rest is empty lines. */
export function padded(code: Uint8Array, name: string): Uint8Array {
  const { size } = measuredFile(name);
  if (code.length > size)
    throw new Error(`the hostile ${name} has ${code.length} bytes, its place on the flash ${size}`);
  const whole = new Uint8Array(size).fill(10);
  whole.set(code);
  return whole;
}

/** The genuine TVMM, except that it starts another vm worker: its digest tells. */
export async function tvmmFor(vm: Uint8Array): Promise<Uint8Array> {
  const define = {
    __DEBUG_TVMM__: "false",
    __V86_WASM_DIGEST__: json(measuredFile("v86.wasm").sha256),
    __VM_DIGEST__: json(sha256(vm)),
  };
  return (await bundle({ name: "tvmm.release", entry: "engine/tvmm/main.ts", define })).bytes;
}
