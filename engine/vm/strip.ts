/**
 * The trusted strip and the frame (paper, section 2.3): which box this is, what it is, and the sign that only this machine's
 * TVMM knows. Drawn by the TVMM's own code over ground that no guest's pixel ever reaches.
 */
import type { SurfaceSize } from "../protocol/person.ts";
import { FRAME, pictureBox } from "../protocol/surface-layout.ts";
import type { StripText } from "../protocol/vm.ts";
import { MONO, SANS } from "./fonts.ts";
import { CARTON, type Icon, LOCK, NO_SIGN, signIcon } from "./icons.ts";
import type { Theme } from "./theme.ts";

type Pen = OffscreenCanvasRenderingContext2D;

/** CSS pixels. */
const BAND = 6;
const PADDING = 12;
const ICON = 16;
const STRIPE = 14;
const GAP = 3.5;

function icon(pen: Pen, { path, fill }: Icon, x: number, y: number, scale: number, colour: string): void {
  pen.save();
  pen.translate(Math.round(x * scale), Math.round(y * scale));
  pen.scale(scale, scale);
  const shape = new Path2D(path);
  if (fill) {
    pen.fillStyle = colour;
    pen.fill(shape, "evenodd");
  } else {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.stroke(shape);
  }
  pen.restore();
}

/** As much of the text as fits. */
function shortened(pen: Pen, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let kept = [...text];
  while (kept.length > 0 && pen.measureText(`${kept.join("")}…`).width > room) kept = kept.slice(0, -1);
  return `${kept.join("")}…`;
}

/** Everything but the picture, for a surface of these device pixels. */
export function drawStrip(pen: Pen, size: SurfaceSize, strip: StripText, theme: Theme, halted?: string): void {
  const { width, height, scale } = size;
  const px = (css: number) => Math.round(css * scale);
  const picture = pictureBox(size);
  const frame = picture.x;

  pen.save();
  // The frame: a ring of even width.
  pen.fillStyle = theme.frame;
  pen.fillRect(0, 0, width, frame);
  pen.fillRect(0, height - frame, width, frame);
  pen.fillRect(0, 0, frame, height);
  pen.fillRect(width - frame, 0, frame, height);

  const band = px(BAND);
  const bandTop = picture.y - band;
  pen.fillStyle = theme.surface;
  pen.fillRect(frame, frame, picture.width, bandTop - frame);
  pen.fillStyle = theme.frame;
  pen.fillRect(frame, bandTop, picture.width, band);
  if (strip.kind === "closed") {
    pen.save();
    pen.beginPath();
    pen.rect(frame, bandTop, picture.width, band);
    pen.clip();
    pen.fillStyle = theme.surface;
    pen.beginPath();
    for (let x = frame - px(BAND); x < width; x += px(STRIPE)) {
      pen.moveTo(x, picture.y);
      pen.lineTo(x + band, bandTop);
      pen.lineTo(x + band + px(GAP), bandTop);
      pen.lineTo(x + px(GAP), picture.y);
    }
    pen.fill();
    pen.restore();
  }

  const middle = (frame + bandTop) / 2;
  const iconTop = middle / scale - ICON / 2;
  const left = FRAME + PADDING;
  pen.textBaseline = "alphabetic";
  // Letters look centred when their x-height and capitals share the space.
  const base = Math.round(middle + 4.8 * scale);

  // Right: the sign. It is never pushed aside by what stands left.
  const sign = strip.sign?.word ?? "no sign";
  pen.font = `${strip.sign ? 600 : 400} ${13 * scale}px ${SANS}`;
  const signShown = shortened(pen, sign, width / 3);
  const signWidth = pen.measureText(signShown).width;
  const right = width - px(FRAME + PADDING);
  pen.fillStyle = strip.sign ? theme.ink : theme.ink2;
  pen.fillText(signShown, Math.round(right - signWidth), base);
  const signIconLeft = Math.round(right - signWidth) / scale - ICON - 8;
  icon(
    pen,
    strip.sign ? signIcon(strip.sign.glyph) : NO_SIGN,
    signIconLeft,
    iconTop,
    scale,
    strip.sign ? theme.frame : theme.ink2,
  );

  // Left: mark, name, kind, identity.
  icon(pen, strip.kind === "closed" ? LOCK : CARTON, left, iconTop, scale, theme.frame);
  let x = px(left + ICON + 8);
  const end = (signIconLeft - PADDING) * scale;
  const write = (text: string, font: string, colour: string, space: number, most = end) => {
    pen.font = font;
    const room = Math.min(end, most) - x;
    if (room < 12 * scale) return;
    const shown = shortened(pen, text, room);
    pen.fillStyle = colour;
    pen.fillText(shown, x, base);
    x += Math.round(pen.measureText(shown).width) + px(space);
  };
  const words = `400 ${13 * scale}px ${SANS}`;
  // A long name leaves room for what the box is.
  write(strip.name, `600 ${14 * scale}px ${SANS}`, theme.ink, 8, end - (end - x) * 0.45);
  write(strip.kind, words, theme.ink2, 5);
  if (halted) {
    write("·", words, theme.ink2, 5);
    write(`halted: ${halted}`, `600 ${13 * scale}px ${SANS}`, theme.bad, 5);
  }
  if (strip.identity) {
    write("·", words, theme.ink2, 5);
    write(strip.identity, `400 ${12.5 * scale}px ${MONO}`, theme.ink2, 5);
  }
  pen.restore();
}
