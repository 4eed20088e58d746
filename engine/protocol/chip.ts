/**
 * Page -> chip: power. The page carries ports between the chip and its neighbours and decides nothing.
 */
import { fields, name, oneOf, port, text } from "./checks.ts";
import type { MeasuredStage } from "./launch.ts";

export type ChipRequest =
  /** Once, first. Loads or makes the chip's keys (per platform, kept across reloads). Reply: null, or { serial, request } if the
   *  chip has no certificate yet: PKCS#10 DER as Uint8Array, and the serial number that becomes the certificate's CN. */
  | { op: "provision"; platform: string }
  /** The factory's answer. Reply: nothing. */
  | { op: "certify"; certificate: string }
  /**
   * Measured boot. `flash`: a port of media.ts with the medium `flash`; the chip narrows it to that medium, read only.
   * Reply: MeasuredStage[] when the TVMM has started and was endorsed. Rejects with "refused" naming the stage that failed
   * ("bad-state" if the power was cut meanwhile or is on already); all ports are closed then.
   */
  | { op: "power-on"; tvmm: string; flash: MessagePort; media: MessagePort; owner: MessagePort; person: MessagePort }
  /** Terminates firmware and all above it; the register is reset. Nothing if it is off already. Reply: nothing. */
  | { op: "power-off" };

/** Seen from the page while a machine boots: what the chip measured or was told to extend, before it is started. */
export type ChipEvent = {
  type: "measured";
  stage: Exclude<MeasuredStage["name"], "chip">;
  digest: string;
  size: number;
};

const OPERATIONS = ["provision", "certify", "power-on", "power-off"] as const;

/** The chip's door for the page. */
export function parseChipRequest(raw: unknown): ChipRequest {
  const what = "the request";
  const known = ["op", "platform", "certificate", "tvmm", "flash", "media", "owner", "person"];
  const op = oneOf(fields(raw, what, known).op, "op", OPERATIONS);
  switch (op) {
    case "provision":
      return { op, platform: name(fields(raw, what, ["op", "platform"]).platform, "platform") };
    case "certify":
      return { op, certificate: text(fields(raw, what, ["op", "certificate"]).certificate, "certificate", 65536) };
    case "power-on": {
      const from = fields(raw, what, ["op", "tvmm", "flash", "media", "owner", "person"]);
      return {
        op,
        tvmm: name(from.tvmm, "tvmm"),
        flash: port(from.flash, "flash"),
        media: port(from.media, "media"),
        owner: port(from.owner, "owner"),
        person: port(from.person, "person"),
      };
    }
    case "power-off":
      fields(raw, what, ["op"]);
      return { op };
  }
}
