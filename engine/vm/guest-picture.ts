/**
 * The guest's picture in its own pixels, in graphical modes. v86 hands out only what changed since it was last asked, so whoever
 * looks at the picture looks here.
 */
import type { Screen } from "./screen.ts";

export interface GuestPicture {
  readonly canvas: OffscreenCanvas;
  /** Brings the canvas up to date. False if there is no picture. */
  refresh(): boolean;
  /** Has it changed since this was last asked? */
  takeChanged(): boolean;
}

export function guestPicture(screen: Screen): GuestPicture {
  const canvas = new OffscreenCanvas(1, 1);
  let changed = false;
  return {
    canvas,
    refresh() {
      const { width, height } = screen;
      if (width === 0 || height === 0) return false;
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      const ink = canvas.getContext("2d");
      if (!ink) return false;
      screen.takePictures((layers) => {
        for (const layer of layers) {
          changed = true;
          ink.putImageData(
            layer.image_data,
            layer.screen_x - layer.buffer_x,
            layer.screen_y - layer.buffer_y,
            layer.buffer_x,
            layer.buffer_y,
            layer.buffer_width,
            layer.buffer_height,
          );
        }
      });
      return true;
    },
    takeChanged() {
      const was = changed;
      changed = false;
      return was;
    },
  };
}
