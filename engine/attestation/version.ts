/** Product versions: one to eight numbers with dots between them. 1.10 is later than 1.9, and 1.0 is the same as 1. */
import { quoted } from "./errors.ts";

export const isVersion = (text: string): boolean => /^\d{1,9}(\.\d{1,9}){0,7}$/.test(text);

export function checkVersion(text: string, error: (sentence: string) => Error): void {
  if (!isVersion(text)) throw error(`the version ${quoted(text)} is not numbers with dots between them, as 1.0.0`);
}

/** Negative if left is earlier, positive if it is later, 0 if both are the same. Both have passed checkVersion. */
export function compareVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [left.split(".").map(Number), right.split(".").map(Number)];
  for (let index = 0; index < Math.max(leftParts.length, rightParts.length); index++) {
    const difference = (leftParts[index] ?? 0) - (rightParts[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
