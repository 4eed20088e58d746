/**
 * What a page shows of a lab: a stream of facts that happened, and the few calls that need the page itself (a canvas to draw on).
 * The scripting API (api.ts) asks and acts; this only tells. Nothing here can do what the scripting API could not.
 */

import type { Appraisal, Evidence, Frame, Message, Terra } from "./api.ts";
import type {
  ChipEvent,
  MeasuredStage,
  MouseMotion,
  OwnerEvent,
  PersonEvent,
  SignStatus,
  SurfaceSize,
} from "./protocol.ts";

export interface PlatformInfo {
  id: string;
  /** "Alice's PC". */
  title: string;
  /** Is it managed from the page because it has no management box. */
  managedFromPage: boolean;
}

export interface WireInfo {
  id: string;
  /** Machines and the cards of theirs that are plugged into it: "eth0", "eth1", … */
  ends: { platform: string; nic: string }[];
}

export type PowerState = "off" | "starting" | "on" | "failed";

export type LabEvent =
  /** A lab is being opened (its machines are known, nothing runs yet) or was closed (null). */
  | { type: "lab"; lab: { id: string; title: string; platforms: PlatformInfo[]; wires: WireInfo[] } | null }
  /** Bytes fetched of bytes to fetch, compressed, over everything that the lab needs. */
  | { type: "progress"; path: string; loaded: number; total: number }
  | { type: "power"; platform: string; state: PowerState; tvmm: string; stages?: MeasuredStage[]; error?: string }
  | ({ platform: string } & ChipEvent)
  | ({ platform: string } & Exclude<OwnerEvent, { type: "message" }>)
  | ({ platform: string } & PersonEvent)
  | { type: "message"; message: Message }
  /** Frames that went over a wire, in order; `skipped` more followed and are told nowhere but by wire.frames(). */
  | { type: "frames"; wire: string; frames: Frame[]; skipped: number }
  /** How many interceptors stand on the wire now. */
  | { type: "intercepted"; wire: string; interceptors: number }
  /** A frame is in an attacker's hands. */
  | { type: "held"; wire: string; frame: Frame }
  /** The verifier has begun to check, then its verdict. `subject` is "PLATFORM/NAME" if known. */
  | {
      type: "appraisal";
      subject?: string;
      evidence: Evidence;
      nonce: Uint8Array;
      result: Appraisal;
      durationMs: number;
    };

export interface LabView {
  readonly terra: Terra;
  subscribe(listener: (event: LabEvent) => void): () => void;
  /** Role: person. Gives the box's surface a canvas; the TVMM's code draws on it. Again after "surface-needed". */
  surface(
    platform: string,
    vm: string,
    canvas: OffscreenCanvas,
    size: SurfaceSize,
    theme: "light" | "dark",
  ): Promise<void>;
  resize(platform: string, vm: string, size: SurfaceSize, theme: "light" | "dark"): Promise<void>;
  /** Role: person. Keys as they come from the real keyboard: PS/2 set 1 scancodes. */
  scancodes(platform: string, codes: number[]): Promise<void>;
  /** Role: person. What the mouse did since the last call. */
  mouse(platform: string, motion: MouseMotion): Promise<void>;
  /** Role: person. As display.sign(), also while the lab is being opened. */
  sign(platform: string): Promise<SignStatus>;
  /** Role: owner. Raw bytes into an open console, as xterm.js makes them. */
  consoleInput(platform: string, vm: string, bytes: Uint8Array): Promise<void>;
  /** Output of a console so far. */
  consoleOutput(platform: string, vm: string): Promise<Uint8Array>;
  /** Missing browser features, in words, or none. Checked before anything is started. */
  missingFeatures(): string[];
}
