/** A console's output since power-on, the last MiB of it. It holds what a box printed to COM1 and nothing else. */

export const CONSOLE_RING = 2 ** 20;

export interface ConsoleRing {
  append(bytes: Uint8Array): void;
  /** A copy, oldest byte first. */
  read(): Uint8Array<ArrayBuffer>;
  clear(): void;
}

export function consoleRing(capacity = CONSOLE_RING): ConsoleRing {
  let ring = new Uint8Array(0);
  let length = 0;
  let start = 0;

  /** Boxes that print little cost little: the ring doubles until it has its full size. */
  function reserve(wanted: number): void {
    if (ring.length >= Math.min(wanted, capacity)) return;
    const larger = new Uint8Array(Math.min(capacity, Math.max(4096, 2 ** Math.ceil(Math.log2(wanted)))));
    larger.set(read());
    ring = larger;
    start = 0;
  }

  function read(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(length);
    const first = Math.min(length, ring.length - start);
    whole.set(ring.subarray(start, start + first));
    whole.set(ring.subarray(0, length - first), first);
    return whole;
  }

  return {
    append(bytes) {
      const tail = bytes.subarray(Math.max(0, bytes.length - capacity));
      reserve(length + tail.length);
      const over = Math.max(0, length + tail.length - ring.length);
      start = ring.length === 0 ? 0 : (start + over) % ring.length;
      length -= over;
      const at = ring.length === 0 ? 0 : (start + length) % ring.length;
      const first = Math.min(tail.length, ring.length - at);
      ring.set(tail.subarray(0, first), at);
      ring.set(tail.subarray(first), 0);
      length += tail.length;
    },
    read,
    clear() {
      ring = new Uint8Array(0);
      length = 0;
      start = 0;
    },
  };
}
