/** A tar archive (POSIX ustar) of a few small files: one download instead of a dozen. Pure. */
import type { NamedFile } from "./evidence-files.ts";

const BLOCK = 512;
const encoder = new TextEncoder();

function header({ name, bytes }: NamedFile): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  if (encoder.encode(name).length > 100)
    throw new Error(`The name ${name} is longer than the 100 bytes a tar header has.`);
  put(0, name);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(bytes.length, 11));
  put(136, octal(0, 11));
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\0");
  put(263, "00");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** The archive's bytes; files in the order given, times zero, so that equal files make an equal archive. */
export function tar(files: readonly NamedFile[]): Uint8Array {
  const padded = (length: number) => Math.ceil(length / BLOCK) * BLOCK;
  const size = files.reduce((total, { bytes }) => total + BLOCK + padded(bytes.length), 2 * BLOCK);
  const archive = new Uint8Array(size);
  let at = 0;
  for (const file of files) {
    archive.set(header(file), at);
    archive.set(file.bytes, at + BLOCK);
    at += BLOCK + padded(file.bytes.length);
  }
  return archive;
}
