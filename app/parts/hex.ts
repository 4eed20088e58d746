/** Bytes as digits and characters, and digits as bytes. Pure. */

/** A byte as it stands in the text beside a dump. */
export function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

export interface HexRow {
  offset: number;
  hex: string;
  text: string;
}

/** One row of a dump. */
export function hexRow(bytes: Uint8Array, offset: number, width: number): HexRow {
  const part = bytes.subarray(offset, offset + width);
  return {
    offset,
    hex: Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
    text: Array.from(part, printable).join(""),
  };
}

/** "de ad be ef" or "deadbeef" as bytes; null if that is not what it is. */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replace(/[\s:,]|0x/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return null;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** "4096", "0x1000" or "4K"; NaN if it is no number, which whoever is asked then refuses. */
export function parseNumber(text: string): number {
  const match = /^\s*(0x[0-9a-f]+|\d+)\s*([kmKM]?)i?b?\s*$/i.exec(text);
  if (!match?.[1]) return Number.NaN;
  const unit = { "": 1, k: 1024, m: 1024 * 1024 }[(match[2] ?? "").toLowerCase()] ?? 1;
  return Number(match[1]) * unit;
}

/** Places of `wanted` in `bytes`, the first `most` of them. */
export function places(bytes: Uint8Array, wanted: Uint8Array, most = Number.POSITIVE_INFINITY): number[] {
  const found: number[] = [];
  const first = wanted[0];
  if (first === undefined) return found;
  for (let at = bytes.indexOf(first); at >= 0 && found.length < most; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) break;
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1;
    if (same === wanted.length) found.push(at);
  }
  return found;
}
