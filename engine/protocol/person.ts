/**
 * Page -> TVMM, the person's port: the machine's monitor, keyboard and mouse (trusted path, paper 2.3). Each box has one surface; TVMM
 * code draws the reserved strip on top and the box's screen below it. Input goes to the box that has the focus, and to no other.
 */
import { badArgument, fields, integer, list, malformed, oneOf, text } from "./checks.ts";
import { parseSign, type Sign } from "./sign.ts";

/** Size of a surface: `width` x `height` device pixels, `scale` device pixels per CSS pixel. */
export interface SurfaceSize {
  width: number;
  height: number;
  scale: number;
}

/** What a screen shows: cells of text (columns and rows), or a picture (pixels). */
export interface ScreenShape {
  kind: "text" | "picture";
  width: number;
  height: number;
}

/** What a mouse did. */
export interface MouseMotion {
  /** Counts to the right and down since the last report, each -2048 to 2047. */
  dx: number;
  dy: number;
  /** Notches towards the person, -128 to 127. */
  wheel: number;
  /** Held down now: 1 left, 2 right, 4 middle, as MouseEvent.buttons has it. */
  buttons: number;
}

export type PersonRequest =
  /**
   * Gives the box a canvas to be drawn on; the canvas is transferred. It may come before the box is switched on: it is kept
   * until then. A canvas goes to one vm worker and ends with it, so after OFF and ON the box needs another one: the event
   * "surface-needed" asks for it. A second canvas takes the place of the first.
   */
  | { op: "surface"; vm: string; canvas: OffscreenCanvas; size: SurfaceSize; theme: "light" | "dark" }
  | { op: "resize"; vm: string; size: SurfaceSize; theme: "light" | "dark" }
  /** "unknown-vm" if there is none. A VM that is off may have the focus: its surface says so. */
  | { op: "focus"; vm: string }
  /** Reply: { vm, strip } or null. */
  | { op: "focused" }
  /** Text typed at the keyboard (US layout; "\n" Enter, "\b" Backspace, "\t", "\x1b"). To the box with the focus; none: "bad-state". */
  | { op: "type"; text: string }
  /** PS/2 set 1 scancodes, as a keyboard makes them. */
  | { op: "scancodes"; codes: number[] }
  | ({ op: "mouse" } & MouseMotion)
  /** Reply: SignStatus. */
  | { op: "sign" }
  /** Kept from now on in the place of the one before. "refused" by the debug TVMM, which lets the owner into closed boxes. */
  | ({ op: "choose-sign" } & Sign)
  /** Reply: { strip, screen }; a box without the focus: "bad-state". */
  | { op: "text"; vm: string }
  /** Reply: Uint8Array, PNG of strip and screen; a box without the focus: "bad-state". */
  | { op: "png"; vm: string };

export type PersonEvent =
  /** The box is being switched on, or was just made, and has no canvas: answer with "surface". */
  | { type: "surface-needed"; vm: string }
  | { type: "focus"; vm: string | null; strip: string }
  /** The focused box's screen as text, in text modes, when it changed; at most 4 a second. */
  | { type: "text"; vm: string; strip: string; screen: string; shape: ScreenShape };

const THEMES = ["light", "dark"] as const;
const id = (value: unknown): string => text(value, "vm", 64);

/** The TVMM's door: what came over the person's port as a request, or "malformed" / "bad-argument" naming the field. */
export function parsePersonRequest(raw: unknown): PersonRequest {
  if (typeof raw !== "object" || raw === null) throw malformed("the request", raw, "an object");
  const op: unknown = (raw as { op?: unknown }).op;
  switch (op) {
    case "surface": {
      const from = fields(raw, op, ["op", "vm", "canvas", "size", "theme"]);
      return {
        op,
        vm: id(from.vm),
        canvas: canvas(from.canvas),
        size: size(from.size),
        theme: oneOf(from.theme, "theme", THEMES),
      };
    }
    case "resize": {
      const from = fields(raw, op, ["op", "vm", "size", "theme"]);
      return { op, vm: id(from.vm), size: size(from.size), theme: oneOf(from.theme, "theme", THEMES) };
    }
    case "focus":
    case "text":
    case "png":
      return { op, vm: id(fields(raw, op, ["op", "vm"]).vm) };
    case "focused":
      fields(raw, op, ["op"]);
      return { op };
    case "type":
      return { op, text: text(fields(raw, op, ["op", "text"]).text, "text", 4096) };
    case "scancodes": {
      const codes = fields(raw, op, ["op", "codes"]).codes;
      return { op, codes: list(codes, "codes", 1024, (each, field) => integer(each, field, 0, 255)) };
    }
    case "mouse": {
      const { op: _, ...motion } = fields(raw, op, ["op", "dx", "dy", "wheel", "buttons"]);
      return { op, ...parseMotion(motion) };
    }
    case "sign":
      fields(raw, op, ["op"]);
      return { op };
    case "choose-sign": {
      const { op: _, ...sign } = fields(raw, op, ["op", "word", "glyph"]);
      return { op, ...parseSign(sign) };
    }
    default:
      throw malformed("op", op, "a request of the person's port");
  }
}

export function parseMotion(raw: unknown): MouseMotion {
  const from = fields(raw, "mouse", ["dx", "dy", "wheel", "buttons"]);
  return {
    dx: integer(from.dx, "dx", -2048, 2047),
    dy: integer(from.dy, "dy", -2048, 2047),
    wheel: integer(from.wheel, "wheel", -128, 127),
    buttons: integer(from.buttons, "buttons", 0, 7),
  };
}

/** Only a real canvas survives a transfer with this tag; a plain object arrives without it. */
function canvas(value: unknown): OffscreenCanvas {
  if (Object.prototype.toString.call(value) !== "[object OffscreenCanvas]") {
    throw malformed("canvas", value, "an OffscreenCanvas");
  }
  return value as OffscreenCanvas;
}

function size(raw: unknown): SurfaceSize {
  const from = fields(raw, "size", ["width", "height", "scale"]);
  const scale = from.scale;
  if (typeof scale !== "number") throw malformed("size.scale", scale, "a number");
  if (!(scale >= 0.25 && scale <= 8)) throw badArgument("size.scale", scale, "a number from 0.25 to 8");
  return {
    width: integer(from.width, "size.width", 1, 8192),
    height: integer(from.height, "size.height", 1, 8192),
    scale,
  };
}
