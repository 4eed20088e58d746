/**
 * The scripting API of the lab: what `window.terra` offers in the page, and what every scripted scenario is written against.
 * It may grow; what stands here goes on working. docs/scripting.md tells it to people.
 *
 * Four roles, kept apart because the point is what each can and cannot do:
 *   person        sits at a machine: sees the display, types on the keyboard (trusted path)
 *   owner         administers a machine: management interface, inspection tools, consoles that makers left open
 *   attacker      has physical access to what the chip does not protect: disks, flash, wires
 *   remote party  challenges a box over the network and appraises what it answers
 *
 * Bytes are Uint8Array, digests 64 lower-case hex digits (SHA-256), certificates PEM, times milliseconds since the lab was opened.
 * Every method that can fail rejects with a TerraError, whose message begins with `CODE: `. `vm` and `device` parameters are
 * the ids that createVm and createDevice returned, unique on their machine; messages name their ends "PLATFORM/NAME",
 * "PLATFORM/tvmm", "PLATFORM/owner" or "verifier". Lists that grow are rings with a documented size; `since` is an exclusive
 * sequence number.
 */
export interface Terra {
  /** Semantic version of this API. */
  readonly version: string;
  /** Labs that ship with the page, in teaching order. */
  labs(): { id: string; title: string }[];
  /**
   * Builds a lab, by id or from a description (schema in docs), and powers its machines on: measured boot up to
   * the TVMM, then the management box's policy. Resolves when every TVMM answers; VMs may still be booting.
   * Closes the lab that was open before.
   */
  open(lab: string | object): Promise<Lab>;
  readonly lab: Lab | null;
  /** Everything that can be put into a box. */
  images(): Promise<Image[]>;
  scenarios(): { id: string; title: string; lab: string; paper: string }[];
  /** Plays a scenario unattended, from opening its lab to its last step. */
  runScenario(id: string, options?: ScenarioOptions): Promise<ScenarioReport>;
  /** Role: remote party. Fresh 32 bytes for a challenge. */
  nonce(): Uint8Array;
  /** Role: remote party, outside every machine. Without a policy: the lab's own. */
  appraise(evidence: Evidence, nonce: Uint8Array, policy?: AppraisalPolicy): Promise<Appraisal>;
  /** Role: remote party. The open lab's own policy: roots, and what is accepted for each layer. */
  policy(): Promise<AppraisalPolicy>;
  /** Role: maker of the chips. Takes back what it certified for this machine; its list with all chips of the lab that it took back. */
  revoke(platform: string): Promise<string>;
  /** The list as it is now (X.509 CRL, PEM), for as long as the lab is open: empty before anything is revoked. */
  revocationList(): Promise<string>;
  /** A trust disk: what boxes are told to trust and to accept. Rejects with "bad-argument" for what cannot be said on one. */
  trustDisk(trust: Trust): Promise<TrustDisk>;
}

export interface ScenarioOptions {
  /**
   * Ids of steps whose tampering (or, where the step shows an acceptance, whose proof) is left out. The verdict of such
   * a step must turn round; otherwise it proved nothing.
   */
  leaveOut?: string[];
}

export interface Image {
  id: string;
  kind: "open" | "closed";
  product: string;
  version: string;
  /** The bytes whose SHA-256 is the primary identity. */
  descriptor: Uint8Array;
  primary: string;
  vendorCertificates: string[];
}

export interface Lab {
  readonly id: string;
  platforms(): string[];
  platform(id: string): Platform;
  /** "PLATFORM/NAME" of every VM. */
  vms(): string[];
  vm(path: string): Vm;
  wires(): string[];
  wire(id: string): Wire;
  /** What was said between boxes, and between a box and its TVMM, oldest first, decoded. */
  messages(filter?: MessageFilter): Promise<Message[]>;
  /** The first message, from `filter.since` on, that matches. Rejects with code "timeout". */
  waitForMessage(filter: MessageFilter, timeoutMs?: number): Promise<Message>;
  /** What the trust disks of this lab's boxes say, and their root; null if it has none. */
  trust(): Promise<{ trust: Trust; root: string } | null>;
  /**
   * Gives every box of the description that has a trust disk another one, as the owners of all machines would: boxes that are on are
   * switched off and on again. Resolves to the new root, which the lab's own policy requires from then on.
   */
  setTrust(trust: Trust): Promise<string>;
  /** Powers everything off and frees all workers, memory and storage of the lab. */
  close(): Promise<void>;
}

export interface Platform {
  readonly id: string;
  /** Chip, firmware, loader, TVMM: each as it was measured before it was started. */
  bootLog(): Promise<MeasuredStage[]>;
  /** Role: owner. */
  readonly management: Management;
  /** Role: owner. For a closed box each tool rejects with code "closed-box". */
  readonly inspect: Inspect;
  /** Role: person. */
  readonly display: Display;
  /** Network cards of this machine that are plugged into wires, with the well-known ids that connect() takes. */
  physicalDevices(): Promise<{ id: string; type: "nic"; wire: string }[]>;
  /** Role: attacker. Every medium in the machine; "sealed" is where the chip keeps sealed blobs. */
  disks(): Promise<{ id: string; kind: "flash" | "disk" | "sealed"; size: number; usedBy?: string }[]>;
  disk(id: string): Medium;
  /** Takes a disk out (the machine must not be using it) and puts one in, on this or another machine. */
  removeDisk(id: string): Promise<DiskHandle>;
  insertDisk(disk: DiskHandle | { bytes: Uint8Array } | { blankMiB: number }): Promise<string>;
  /** Puts an image of the catalogue into the machine: two media, firmware and boot disk. */
  insertImage(image: string): Promise<{ firmware: string; boot: string }>;
  /** Role: owner. Cuts the power: every VM is lost; disks, sealed blobs and counters stay. */
  powerOff(): Promise<void>;
  /** Role: owner. Measured boot, with the TVMM build of the owner's choice. */
  powerOn(options?: { tvmm?: string }): Promise<void>;
  /** "release", "debug", and whatever else lies on the flash. */
  tvmmBuilds(): Promise<string[]>;
}

export type DiskHandle = { readonly handle: string };

export interface MeasuredStage {
  name: "chip" | "firmware" | "loader" | "tvmm";
  /** SHA-256 of the very bytes that were started; absent for the chip. */
  digest?: string;
  size?: number;
  certificate: string;
}

/** The ten calls of the paper's section 4.4, and below them what is ours. */
export interface Management {
  createDevice(device: DeviceConfig): Promise<string>;
  connect(deviceA: string, deviceB: string): Promise<void>;
  disconnect(deviceA: string, deviceB: string): Promise<void>;
  /** A VM without devices. Names are unique on a machine. */
  createVm(config: VmConfig): Promise<string>;
  attach(vm: string, device: string): Promise<void>;
  detach(vm: string, device: string): Promise<void>;
  on(vm: string): Promise<void>;
  off(vm: string): Promise<void>;
  suspend(vm: string): Promise<void>;
  resume(vm: string): Promise<void>;

  destroyVm(vm: string): Promise<void>;
  destroyDevice(device: string): Promise<void>;
  vms(): Promise<
    { id: string; name: string; image: string; kind: "open" | "closed"; state: VmState; devices: string[] }[]
  >;
  /** `type` as in DeviceConfig; `purpose` of a serial device, `mac` of a network card. Without the machine's physical cards. */
  devices(): Promise<
    { id: string; type: string; purpose?: string; mac?: string; attachedTo?: string; connectedTo: string[] }[]
  >;
}

export type DeviceConfig =
  | {
      type: "disk";
      medium: string;
      class: "raw" | "integrity" | "encrypted";
      counter?: boolean;
      slot?: number;
      serial?: string;
    }
  | { type: "disk"; medium: string; class: "attested"; root: string; salt: string; slot?: number; serial?: string }
  | { type: "nic"; role?: string; mac?: string }
  | { type: "display" }
  | { type: "serial"; purpose: "console" | "attestation" | "management" };

export interface VmConfig {
  name: string /** An image of the catalogue, or a firmware medium in the machine; kind, memory and console come from its descriptor. */;
  image: string | { medium: string; image?: string };
  /** Starts a closed image as an open box: it then has no identity and no keys. */
  asOpen?: boolean;
  /** When attested content is checked. "none" for open boxes only. */
  checking?: "ahead-of-time" | "optimistic" | "none";
  vendorCertificates?: string[];
  /** Share of processor time, 0 to 1. */
  cpuShare?: number;
}

export type VmState = "off" | "on" | "suspended" | "halted";

export interface Vm {
  readonly path: string;
  readonly id: string;
  status(): Promise<{
    kind: "open" | "closed";
    state: VmState;
    halt?: { reason: string; disk?: string; block?: number };
  }>;
  waitForState(state: VmState, timeoutMs?: number): Promise<void>;
  /** Rejects with code "open-box" for an open box. */
  identity(): Promise<{ primary: string; secondary: Record<string, string> }>;
  /** The measurement tree, from the chip down; a part of it by path, depth and range of children. */
  measurements(options?: { path?: string[]; depth?: number; from?: number; count?: number }): Promise<MeasurementNode>;
  /** Role: remote party. Challenges the box; its agent inside answers. Open boxes: code "open-box". */
  evidence(nonce: Uint8Array): Promise<Evidence>;
  /** Role: owner. The serial console, if the maker left one open; otherwise every call rejects with "no-console". */
  readonly console: Console;
}

export interface Console {
  /** Output since power-on, and its length in characters, to be given to waitFor. */
  text(): Promise<string>;
  write(text: string): Promise<void>;
  /** Searches the output after `from` (left out: after the end of the last match). Rejects with "timeout". */
  waitFor(pattern: string | RegExp, options?: { from?: number; timeoutMs?: number }): Promise<string>;
  /** Runs a command at the shell of an image that has one. */
  run(command: string, options?: { timeoutMs?: number }): Promise<{ exitCode: number; output: string }>;
}

export interface MeasurementNode {
  name: string;
  /** Chip, firmware, loader and TVMM are measured, not judged: their state is always "unchecked". */
  kind:
    | "chip"
    | "firmware"
    | "loader"
    | "tvmm"
    | "vm"
    | "kernel"
    | "command-line"
    | "disk"
    | "tree"
    | "block" /** For the chip: of its certificate's DER. */;
  digest: string;
  state: "unchecked" | "verified" | "failed";
  blocks?: { size: number; total: number; verified: number; failed: number };
  childCount?: number;
  children?: MeasurementNode[];
}

export interface Evidence {
  /** Leaf first: VM, TVMM, loader, firmware, chip. */
  chain: string[];
  vendors: string[];
  /** ECDSA over "terra-evidence-v1", 0x00, nonce, SHA-256 of the leaf's DER; DER encoded. */
  signature: Uint8Array;
}

export type Layer = "firmware" | "loader" | "tvmm" | "vm";

export interface AppraisalPolicy {
  hardwareRoots?: string[];
  vendorRoots?: Partial<Record<Layer, string[]>>;
  /** One entry that fits is enough for a layer: a digest outright, or a product of a vendor from a version on. */
  accept?: Partial<Record<Layer, ({ digest: string } | { product: string; minVersion?: string })[]>>;
  requiredSecondary?: Record<string, string>;
  revocationLists?: string[];
  /** Milliseconds since 1970; the present if left out. */
  time?: number;
}

/** What boxes are told: a policy without its time, which is their own. */
export type TrustPolicy = Omit<AppraisalPolicy, "time">;

export interface Trust {
  /** What every role's policy begins with. */
  common?: TrustPolicy;
  /** By the role that the maker of a box gave it; what is common is in it as well. */
  roles?: Record<string, TrustPolicy>;
}

export interface TrustDisk {
  /** The medium: text, zeros up to a whole block, hash tree. */
  bytes: Uint8Array;
  /** dm-verity root, salted with nothing: the secondary identity `trust` of boxes that have it. */
  root: string;
}

export interface Appraisal {
  accepted: boolean /** Always all nine, in order; the first that failed says why, those after it "not reached" (passed: false). */;
  checks: {
    name: "freshness" | "chain" | "hardware" | "revocation" | Layer | "secondary";
    passed: boolean;
    detail: string;
  }[];
  layers: { layer: Layer; digest: string; vendor?: string; product?: string; version?: string }[];
}

export interface Inspect {
  readMemory(vm: string, address: number, length: number): Promise<Uint8Array>;
  writeMemory(vm: string, address: number, bytes: Uint8Array): Promise<void>;
  /** PNG of the box's screen. */
  screenshot(vm: string): Promise<Uint8Array>;
  snapshot(vm: string): Promise<Uint8Array>;
  sendKeys(vm: string, text: string): Promise<void>;
}

/** What the person sees is what TVMM code drew: the reserved strip, and below it the box's screen. */
export interface Display {
  focused(): Promise<{ vm: string; strip: string } | null>;
  focus(vm: string): Promise<void>;
  type(
    text: string,
  ): Promise<void> /** Strip and screen of the box that has the focus, as text (text modes) and as PNG; another box: "bad-state". */;
  text(vm: string): Promise<{ strip: string; screen: string }>;
  png(vm: string): Promise<Uint8Array>;
  /**
   * The mouse of the box that has the focus: counts to the right and down (-2048 to 2047), notches of the wheel towards the person
   * (-128 to 127), buttons held now (1 left, 2 right, 4 middle, added up). What is left out is 0. A box that stands still: "bad-state".
   */
  mouse(motion: { dx?: number; dy?: number; wheel?: number; buttons?: number }): Promise<void>;
  /** The person's sign on this machine, which its strip shows; null, and why, if this TVMM has none. */
  sign(): Promise<{ sign: { word: string; glyph: string } | null; chosen: boolean; why?: string }>;
  /** A word of 3 to 12 letters, and the name of a picture. Under the debug TVMM: "refused". */
  chooseSign(word: string, glyph: string): Promise<void>;
}

export interface Medium {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** A full copy, and putting one back: what a thief or a rollback attack does. */
  copy(): Promise<Uint8Array>;
  restore(image: Uint8Array): Promise<void>;
}

export interface Wire {
  frames(options?: { since?: number; limit?: number }): Promise<Frame[]>;
  /** Resolves with the first frame, from the oldest kept on, that the predicate accepts. */
  waitForFrame(predicate: (frame: Frame) => boolean, timeoutMs?: number): Promise<Frame>;
  /** From now on each frame goes to the handler, which returns the frames to pass on instead; none drops it.
   *  A handler that throws or takes over a second: the frame is passed on and the error logged. */
  intercept(handler: (frame: Frame) => Uint8Array[] | Promise<Uint8Array[]>): Promise<string>;
  stopIntercept(id: string): Promise<void>;
  inject(bytes: Uint8Array): Promise<void>;
  /** A capture that Wireshark opens: every frame that is kept, each sender an interface. */
  pcapng(): Promise<Uint8Array>;
}

export interface Frame {
  sequence: number;
  time: number;
  from: string;
  bytes: Uint8Array;
  /** One line per protocol layer, outermost first. */
  layers: string[];
}

export interface MessageFilter {
  kind?: string;
  vm?: string;
  outcome?: "accepted" | "refused";
  since?: number;
}

export interface Message {
  sequence: number;
  time: number;
  from: string;
  to: string;
  /** One of the closed list in docs: "endorse", "get-id", "challenge", "evidence", "appraisal", "management", "inspection",
   *  "power", "halt", "tls", "openvpn", "esp", "quake", "arp", "icmp", "dns", "udp", "tcp", "other". */
  kind: string;
  summary: string;
  bytes?: Uint8Array;
  outcome?: "accepted" | "refused";
}

export interface StepReport {
  id: string;
  title: string;
  paper: string;
  /** What must happen here, and what happened, in words that a student reads. */
  expected: string;
  observed: string;
  passed: boolean;
  /** What the verdict rests on: sequence numbers of messages and frames, digests, excerpts of consoles and screens. */
  artifacts: { kind: "message" | "frame" | "digest" | "console" | "screen" | "figure"; value: string }[];
}

export interface ScenarioReport {
  id: string;
  passed: boolean;
  steps: StepReport[];
  durationMs: number;
}

export interface TerraErrorShape extends Error {
  /** "closed-box", "open-box", "no-console", "unknown-vm", "unknown-device", "bad-state", "bad-argument", "integrity",
   *  "sealed", "timeout", "unsupported", ... */
  readonly code: string;
}

declare global {
  interface Window {
    terra: Terra;
  }
}
