/** Pictures of screens, as PNG files, looked at by a program. */

/** Red, green and blue of each point, 0xRRGGBB, row by row. */
export interface Picture {
  width: number;
  height: number;
  points: Uint32Array;
}

export async function readPicture(png: Uint8Array): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(png)], { type: "image/png" }));
  const { width, height } = bitmap;
  const drawing = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!drawing) throw new Error("this browser draws nothing");
  drawing.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = drawing.getImageData(0, 0, width, height);
  const points = Uint32Array.from({ length: width * height }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(at * 4, at * 4 + 3);
    return (red << 16) | (green << 8) | blue;
  });
  return { width, height, points };
}

export const countColour = ({ points }: Picture, colour: number): number =>
  points.reduce((sum, each) => (each === colour ? sum + 1 : sum), 0);

export const coloursIn = ({ points }: Picture): number => new Set(points).size;

/** Part of the points that are not the same, of two pictures of one size; 1 for others. */
export function difference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  return a.points.reduce((sum, each, at) => (each === b.points[at] ? sum : sum + 1), 0) / a.points.length;
}
