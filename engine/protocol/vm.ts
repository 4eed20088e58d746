/**
 * TVMM <-> vm worker: one emulated PC. The vm worker is measured TVMM code (its bundle's digest is a constant in the TVMM's), but the
 * guest inside it is hostile: whatever stems from the guest (serial bytes) is data to both.
 */
import type { Halt } from "./owner.ts";
import type { SurfaceSize } from "./person.ts";

export interface VmDisk {
  /** Device id, for events. */
  device: string;
  /** virtio serial: the slot's name, 20 ASCII bytes at most. Disks are given in slot order: the first becomes /dev/vda. */
  serial: string;
  /** Bytes that the guest sees. */
  size: number;
  readOnly: boolean;
  source:
    /** The copy that was hashed; the medium is not read again. `verified`: it was checked ahead of time. */
    | { type: "pinned"; bytes: Uint8Array }
    /** A medium, read through this port (media.ts); with `check`, each 4096-byte block against its digest at each read. */
    | { type: "medium"; medium: string; port: MessagePort; check?: { salt: Uint8Array; leaves: Uint8Array } };
}

export interface StripText {
  name: string;
  kind: "open" | "closed";
  /** First and last four digits; absent for open boxes. */
  identity?: string;
  /** The person's sign, or absent: "no sign". */
  sign?: string;
  /** Colour of the frame: blue violet brown plum teal. */
  colour: string;
}

/** Init of the measured launch (launch.ts): `start(init)` of the vm worker's module. */
export interface VmInit {
  memoryMiB: number;
  commandLine: string;
  stub: Uint8Array;
  kernel: Uint8Array;
  /** v86.wasm, compiled once by the TVMM from the bytes whose digest it checked. */
  wasm: WebAssembly.Module;
  disks: VmDisk[];
  serials: { console: boolean; attestation: boolean; management: boolean };
  display: boolean;
  strip: StripText;
  /** Requests from the TVMM are served and events emitted on this port. */
  port: MessagePort;
}

export type VmRequest =
  /** The machine's processor starts. Reply: nothing, once the first instruction ran. */
  | { op: "run" }
  /** Bytes into COM1 (1), COM2 (2), COM3 (3). */
  | { op: "serial"; line: 1 | 2 | 3; bytes: Uint8Array }
  | { op: "type"; text: string }
  | { op: "scancodes"; codes: number[] }
  | { op: "surface"; canvas: OffscreenCanvas; size: SurfaceSize; theme: "light" | "dark" }
  | { op: "resize"; size: SurfaceSize; theme: "light" | "dark" }
  | { op: "focus"; focused: boolean }
  /** Reply: { strip, screen }. */
  | { op: "text" }
  /** Reply: Uint8Array. */
  | { op: "png" }
  /** Reply: { instructions, memoryBytes } for benchmarks. */
  | { op: "figures" };

export type VmEvent =
  | { type: "serial"; line: 1 | 2 | 3; bytes: Uint8Array }
  /** DTR of COM2 or COM3 rose or fell. */
  | { type: "dtr"; line: 2 | 3; high: boolean }
  | { type: "blocks"; device: string; verified: number[]; failed: number[] }
  /** The processor has stopped for good; nothing more will run in this worker. */
  | { type: "halt"; halt: Halt }
  | { type: "text"; strip: string; screen: string };
