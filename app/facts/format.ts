/** Numbers, digests and names as a reader meets them. Pure. */

/** A thin no-break space between thousands: 1 031. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** First and last four digits; what is short already stays. */
export function shortDigest(digest: string): string {
  return digest.length > 12 ? `${digest.slice(0, 4)}…${digest.slice(-4)}` : digest;
}

/** Whole SHA-256 digests in a sentence, short. */
export function shortenDigests(text: string): string {
  return text.replace(/\b[0-9a-f]{64}\b/g, shortDigest);
}

/** Bytes with a fitting unit: "412 B", "148 KiB", "6.0 MiB". */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(value < 10_240 ? 1 : 0)} KiB`;
  return `${(value / (1024 * 1024)).toFixed(1)} MiB`;
}

/** "3.1 of 6.0 MiB": one unit, that of the whole. */
export function bytesOf(loaded: number, total: number): string {
  if (total < 1024 * 1024) return `${Math.round(loaded / 1024)} of ${Math.max(1, Math.round(total / 1024))} KiB`;
  const mebibytes = (value: number) => (value / (1024 * 1024)).toFixed(1);
  return `${mebibytes(loaded)} of ${mebibytes(total)} MiB`;
}

/** Milliseconds since the lab was opened, as seconds: "12.204". */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/**
 * "alice/hello" -> "hello". Where there is more than one machine, the TVMM and the owner keep their machine's name; a box does so
 * too if `whole` says so, where it does not stand under its machine.
 */
export function endName(end: string, machines = 1, whole = false): string {
  const [platform, name] = end.split("/");
  if (name === undefined) return end;
  if (name === "tvmm") return machines > 1 ? `TVMM ${platform}` : "TVMM";
  if (name === "owner") return machines > 1 ? `${platform}’s owner` : "owner";
  return whole && machines > 1 ? end : name;
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An error as code and sentence: TerraError's message begins with "code: ". */
export function splitError(message: string): { code: string; text: string } {
  const match = /^(?:[A-Za-z]*Error: )?([a-z]+(?:-[a-z]+)*): ([\s\S]*)$/.exec(message);
  return match?.[1] !== undefined && match[2] !== undefined
    ? { code: match[1], text: match[2] }
    : { code: "internal", text: message };
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
