/** Looking for bytes in bytes: in a memory, in a snapshot, in what went over a wire. */

/** Every place of `wanted` in `bytes`. */
export function places(bytes: Uint8Array, wanted: Uint8Array): number[] {
  const found: number[] = [];
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) found.push(at);
  }
  return found;
}

/** Which of these words stand in the bytes, as UTF-8. */
export function wordsIn(bytes: Uint8Array, words: readonly string[]): string[] {
  return words.filter((word) => places(bytes, new TextEncoder().encode(word)).length > 0);
}
