/**
 * Page -> chip: power. The page carries ports between the chip and its neighbours and decides nothing.
 */
import type { MeasuredStage } from "./launch.ts";

export type ChipRequest =
  /** Once, first. Loads or makes the chip's keys (per platform, kept across reloads). Reply: PKCS#10 DER as Uint8Array if the chip has
   *  no certificate yet, else null. `serial` is also the certificate's CN. */
  | { op: "provision"; platform: string }
  /** The factory's answer. Reply: nothing. */
  | { op: "certify"; certificate: string }
  /** Measured boot. Reply: MeasuredStage[] when the TVMM has started and was endorsed; rejects naming the stage that failed. */
  | { op: "power-on"; tvmm: string; flash: MessagePort; media: MessagePort; owner: MessagePort; person: MessagePort }
  /** Terminates firmware and all above it; the register is reset. Reply: nothing. */
  | { op: "power-off" };

/** Seen from the page while a machine boots: what the chip measured or was told to extend, before it is started. */
export type ChipEvent = { type: "measured"; stage: Exclude<MeasuredStage["name"], "chip">; digest: string; size: number };
