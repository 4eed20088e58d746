/**
 * Page -> TVMM, the owner's port: management (paper 4.4), consoles that makers left open, status, and the remote party's
 * challenges, which reach a machine the same way. Whatever is asked, the TVMM decides. Events tell what happened.
 */
import type { MeasuredStage } from "./launch.ts";

export type VmState = "off" | "on" | "suspended" | "halted";
export type Kind = "open" | "closed";
export type Checking = "ahead-of-time" | "optimistic" | "none";

export type DeviceConfig =
  | { type: "disk"; medium: string; class: "attested"; root: string; salt: string; slot?: number; serial?: string }
  | { type: "disk"; medium: string; class: "raw" | "integrity" | "encrypted"; counter?: boolean; slot?: number; serial?: string }
  | { type: "nic"; role?: string; mac?: string }
  | { type: "display" }
  | { type: "serial"; purpose: "console" | "attestation" | "management" };

/** CREATE-VM: the image is a firmware medium of this machine; its descriptor decides kind, memory, console. */
export interface CreateVm {
  name: string;
  medium: string;
  /** Name of the image as the caller knows it, for lists only. */
  image: string;
  asOpen?: boolean;
  checking?: Checking;
  /** PEM, untrusted, handed on in each ENDORSE reply. */
  vendorCertificates?: string[];
  cpuShare?: number;
}

export interface MeasurementOptions {
  path?: string[];
  depth?: number;
  from?: number;
  count?: number;
}

export interface MeasurementNode {
  name: string;
  kind: "chip" | "firmware" | "loader" | "tvmm" | "vm" | "kernel" | "command-line" | "disk" | "tree" | "block";
  digest: string;
  state: "unchecked" | "verified" | "failed";
  blocks?: { size: number; total: number; verified: number; failed: number };
  childCount?: number;
  children?: MeasurementNode[];
}

export interface Halt {
  /** "panic", "reset", "integrity", … */
  reason: string;
  disk?: string;
  block?: number;
  /** What the tree says and what the block hashes to, for "integrity". */
  expected?: string;
  found?: string;
}

export interface VmStatus {
  id: string;
  name: string;
  image: string;
  kind: Kind;
  product: string;
  version: string;
  state: VmState;
  halt?: Halt;
  /** Closed boxes only. */
  primary?: string;
  secondary?: Record<string, string>;
  /** May the owner see a console: "none", "output", "open". */
  console: "none" | "output" | "open";
  checking: Checking;
  memoryMiB: number;
  devices: string[];
}

export interface DeviceStatus {
  id: string;
  type: string;
  attachedTo?: string;
  connectedTo: string[];
}

export interface Evidence {
  /** Leaf first: VM, TVMM, loader, firmware, chip. PEM. */
  chain: string[];
  vendors: string[];
  /** ECDSA over "terra-evidence-v1", 0x00, nonce, SHA-256 of the leaf's DER; DER encoded. */
  signature: Uint8Array;
}

export type OwnerRequest =
  | { op: "create-device"; device: DeviceConfig }
  | { op: "destroy-device"; device: string }
  | { op: "create-vm"; config: CreateVm }
  | { op: "destroy-vm"; vm: string }
  | { op: "attach" | "detach"; vm: string; device: string }
  | { op: "on" | "off"; vm: string }
  /** Known to the TVMM but not yet offered: code "unsupported". */
  | { op: "suspend" | "resume"; vm: string }
  | { op: "connect" | "disconnect"; a: string; b: string }
  | { op: "list-vms" }
  | { op: "list-devices" }
  /** Reply: MeasuredStage[]. */
  | { op: "boot-log" }
  /** Reply: MeasurementNode. */
  | { op: "measurements"; vm: string; options: MeasurementOptions }
  /** Reply: { primary, secondary }. */
  | { op: "identity"; vm: string }
  /** Role: remote party. nonce: 32 bytes. Reply: Evidence. A guest that does not answer within 10 s: "silent". */
  | { op: "challenge"; vm: string; nonce: Uint8Array }
  /** Reply: Uint8Array, all output since power-on (a ring of 1 MiB). "no-console" where the maker left none open. */
  | { op: "console-read"; vm: string }
  | { op: "console-write"; vm: string; bytes: Uint8Array };

/** A message between boxes, or between a box and its TVMM. Ends: "PLATFORM/NAME", "PLATFORM/tvmm", "PLATFORM/owner", "verifier". */
export interface BoxMessage {
  /** performance.timeOrigin + performance.now() of the sender, ms since 1970. */
  at: number;
  from: string;
  to: string;
  kind: string;
  summary: string;
  bytes?: Uint8Array;
  outcome?: "accepted" | "refused";
}

export type OwnerEvent =
  | { type: "message"; message: BoxMessage }
  /** A VM was made, changed its state, or is gone (status absent). */
  | { type: "vm"; vm: string; status?: VmStatus }
  /** Console output, open consoles only. */
  | { type: "console"; vm: string; bytes: Uint8Array }
  /** Blocks of a VM's disk that were checked since the last event (batched, at most one event per 50 ms and disk). */
  | { type: "blocks"; vm: string; disk: string; verified: number[]; failed: number[] }
  /** ON under way: bytes of the image read and checked. */
  | { type: "starting"; vm: string; phase: string; loaded: number; total: number };

export type BootLog = MeasuredStage[];
