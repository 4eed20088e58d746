/** tshark as the judge of frames: what it reads in a field of each frame. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Runs a program of Wireshark's on a file with these bytes. */
export function judge(program: "tshark" | "capinfos", file: Uint8Array, options: string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), "terra-capture-"));
  try {
    const name = path.join(folder, "capture");
    writeFileSync(name, file);
    const args = program === "tshark" ? ["-n", "-r", name, ...options] : [...options, name];
    // It warns on stderr when it is run as root.
    return execFileSync(program, args, { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 28 }).toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The oldest format of captures, five numbers and then the frames, so that nothing of ours is between a frame and its judge. */
function pcap(frames: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap((frame) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([header, ...records]);
}

const CHECKS = ["ip.check_checksum", "udp.check_checksum", "tcp.check_checksum"];

/** For each frame the named fields, all occurrences of each joined with commas. */
export function tsharkFields<Name extends string>(
  frames: readonly Uint8Array[],
  names: readonly Name[],
): Record<Name, string>[] {
  const options = ["-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,"];
  const preferences = [...CHECKS.flatMap((check) => ["-o", `${check}:TRUE`]), "-o", "ip.defragment:FALSE"];
  const fields = names.flatMap((name) => ["-e", name]);
  const lines = judge("tshark", pcap(frames), [...options, ...preferences, ...fields]).split("\n");
  return frames.map((_, at) => {
    const values = (lines[at] ?? "").split("\t");
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) as Record<Name, string>;
  });
}

/** Everything that it says of these frames, for people. */
export const tsharkText = (frames: readonly Uint8Array[]): string => judge("tshark", pcap(frames), ["-V"]);
