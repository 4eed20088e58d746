/**
 * A box's surface: the trusted strip on top, the guest's screen below it. The guest's picture is clipped to its place, so
 * none of its pixels reaches strip or frame. Drawn only when something changed and somebody looks, at most 30 times a second.
 */
import { TerraError } from "../protocol/errors.ts";
import type { SurfaceSize } from "../protocol/person.ts";
import { pictureBox, placeOfPicture, textGrid } from "../protocol/surface-layout.ts";
import type { StripText } from "../protocol/vm.ts";
import { loadFonts } from "./fonts.ts";
import { guestPicture } from "./guest-picture.ts";
import type { Screen } from "./screen.ts";
import { drawStrip } from "./strip.ts";
import { textPicture, textSheet } from "./text-picture.ts";
import { themeOf } from "./theme.ts";

const FRAME_MS = 1000 / 30;
/** A surface that nobody has given a canvas: cells of 10 by 20 pixels. */
const OWN_SIZE: SurfaceSize = { width: 822, height: 562, scale: 1 };

export interface Surface {
  /** From now on drawn here. */
  attach(canvas: OffscreenCanvas, size: SurfaceSize, theme: "light" | "dark"): void;
  resize(size: SurfaceSize, theme: "light" | "dark"): void;
  focus(focused: boolean): void;
  /** The screen has changed. */
  changed(): void;
  /** The strip says something else. */
  restrip(strip: StripText): void;
  /** The machine has stopped for good. */
  halted(reason: string): void;
  png(): Promise<Uint8Array<ArrayBuffer>>;
  /** The guest's screen alone, as PNG: a picture in its own pixels, text in cells of 10 by 20. */
  screenshot(): Promise<Uint8Array<ArrayBuffer>>;
}

const pngOf = async (canvas: OffscreenCanvas) =>
  new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());

export function surface(firstStrip: StripText, screen: Screen): Surface {
  let strip = firstStrip;
  let canvas = new OffscreenCanvas(OWN_SIZE.width, OWN_SIZE.height);
  let size = OWN_SIZE;
  let themeName: "light" | "dark" = "light";
  let focused = false;
  let halted: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  /** All of it must be drawn anew, not only what changed. */
  let stale = true;
  let layout = "";
  const text = textPicture();
  const picture = guestPicture(screen);
  themeOf(themeName, strip.colour);

  const drawText = (pen: OffscreenCanvasRenderingContext2D) => {
    const { columns, rows } = screen;
    text.fit(textGrid(size, columns, rows));
    const changedRows = screen.takeChangedRows();
    const all = stale ? Array.from({ length: rows }, (_, row) => row) : changedRows;
    for (const row of all) text.drawRow(pen, screen, row);
  };

  const drawPicture = (pen: OffscreenCanvasRenderingContext2D) => {
    const { width, height } = screen;
    if (!picture.refresh() || (!picture.takeChanged() && !stale)) return;
    const place = placeOfPicture(size, width, height);
    // Pixels stay pixels; only what is made smaller than it is would lose whole lines of them.
    pen.imageSmoothingEnabled = place.width < width;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture.canvas, place.x, place.y, place.width, place.height);
  };

  let lettered = false;

  const draw = () => {
    const pen = canvas.getContext("2d");
    if (!pen || !lettered) return;
    last = performance.now();
    if (canvas.width !== size.width || canvas.height !== size.height) {
      canvas.width = size.width;
      canvas.height = size.height;
      stale = true;
    }
    const shape = screen.graphical
      ? `picture ${screen.width} ${screen.height}`
      : `text ${screen.columns} ${screen.rows}`;
    if (shape !== layout) {
      layout = shape;
      stale = true;
    }
    const box = pictureBox(size);
    pen.save();
    pen.beginPath();
    pen.rect(box.x, box.y, box.width, box.height);
    pen.clip();
    if (stale) {
      pen.fillStyle = "#000000";
      pen.fillRect(box.x, box.y, box.width, box.height);
    }
    if (screen.graphical) drawPicture(pen);
    else drawText(pen);
    pen.restore();
    if (stale) drawStrip(pen, size, strip, themeOf(themeName, strip.colour), halted);
    stale = false;
  };

  const soon = () => {
    if (!focused || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (!focused) return;
        draw();
        // Nobody tells when pixels change, so a picture is looked at again.
        if (screen.graphical && halted === undefined) soon();
      },
      Math.max(0, last + FRAME_MS - performance.now()),
    );
  };

  const anew = () => {
    stale = true;
    soon();
  };

  /**
   * The typefaces, once somebody looks: four boxes that start at once have one monitor. Nothing is drawn before: a worker's canvas
   * goes on with the typeface that it first found for a name.
   */
  const letter = async () => {
    await loadFonts();
    lettered = true;
  };

  return {
    attach(given, toSize, theme) {
      if (!given.getContext("2d"))
        throw new TerraError("bad-argument", "this canvas cannot be drawn on in two dimensions");
      canvas = given;
      this.resize(toSize, theme);
    },
    resize(toSize, theme) {
      size = toSize;
      themeName = theme;
      stale = true;
      // At once: a canvas that was just resized is blank.
      if (focused) draw();
    },
    focus(to) {
      if (to === focused) return;
      focused = to;
      clearTimeout(timer);
      timer = undefined;
      if (!focused) return;
      if (lettered) draw();
      else void letter().then(anew);
      if (screen.graphical) soon();
    },
    changed: soon,
    restrip(to) {
      strip = to;
      anew();
    },
    halted(reason) {
      halted = reason;
      stale = true;
      if (focused) draw();
    },
    async png() {
      await letter();
      draw();
      return pngOf(canvas);
    },
    async screenshot() {
      await letter();
      if (screen.graphical && picture.refresh()) return pngOf(picture.canvas);
      return pngOf(textSheet(screen));
    },
  };
}
