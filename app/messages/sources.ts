/**
 * Whose word a message is: what is seen on a wire anybody there can see, what a machine's TVMM tells its owner has to believe it, and a
 * verifier speaks of itself. Pure.
 */
import type { Message } from "../../engine/lab/api.ts";
import { texts } from "../texts.ts";
import { isEncrypted, isFrame } from "./kinds.tsx";

const WORDS = texts.messages.source;

const TVMM = ["endorse", "get-id", "certificate", "management", "inspection", "power", "halt"];

/** "alice" of "alice/pc"; null for wires and the verifier. */
const machineOf = (end: string): string | null => /^([^/]+)\//.exec(end)?.[1] ?? null;

/** Are messages of this kind heard between cards: a frame each, put together from several, or counted? */
export const isHeard = (kind: string): boolean => isFrame(kind) || ["tls", "esp", "openvpn", "other"].includes(kind);

export function sourceOf(message: Message): string {
  const { kind, from, to } = message;
  const machine = machineOf(from);
  if (isHeard(kind)) {
    // Between boxes of one machine no wire is in the way.
    const place = machine !== null && machine === machineOf(to) ? WORDS.between(machine) : WORDS.wire;
    if (isEncrypted(message)) return WORDS.encrypted(place);
    return kind === "tls" ? WORDS.frames(place) : WORDS.frame(place);
  }
  if (TVMM.includes(kind)) return WORDS.tvmm(machine ?? machineOf(to) ?? "");
  return from === "verifier" || to === "verifier" ? WORDS.verifier : WORDS.lab;
}
