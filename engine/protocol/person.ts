/**
 * Page -> TVMM, the person's port: the machine's monitor and keyboard (trusted path, paper 2.3). Each box has one surface; TVMM
 * code draws the reserved strip on top and the box's screen below it. Input goes to the box that has the focus, and to no other.
 */

/** Size of a surface: `width` x `height` device pixels, `scale` device pixels per CSS pixel. */
export interface SurfaceSize {
  width: number;
  height: number;
  scale: number;
}

export type PersonRequest =
  /** Gives the box a canvas to be drawn on; once per box and power-on of the machine. The canvas is transferred. */
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
  /** Reply: { strip, screen }; a box without the focus: "bad-state". */
  | { op: "text"; vm: string }
  /** Reply: Uint8Array, PNG of strip and screen; a box without the focus: "bad-state". */
  | { op: "png"; vm: string };

export type PersonEvent =
  | { type: "focus"; vm: string | null; strip: string }
  /** The focused box's screen as text, in text modes, when it changed; at most 4 a second. */
  | { type: "text"; vm: string; strip: string; screen: string };
