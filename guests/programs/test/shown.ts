/** What a graphical screen shows, in Node: browsers have ImageData, in which v86 hands its pictures out. */
import { vi } from "vitest";
import type { Screen } from "../../../engine/vm/screen.ts";

/** For a hook: `vi.unstubAllGlobals()` undoes it. */
export function stubImageData(): void {
  vi.stubGlobal(
    "ImageData",
    class {
      readonly data: Uint8ClampedArray;
      constructor(data: Uint8ClampedArray) {
        this.data = data;
      }
    },
  );
}

/** Red, green, blue, 255 of each pixel, row by row; nothing if the picture has not changed since this was asked. */
export function shown(screen: Screen): Uint8ClampedArray {
  let pixels = new Uint8ClampedArray();
  screen.takePictures((layers) => {
    for (const { image_data } of layers) pixels = image_data.data.slice();
  });
  return pixels;
}
