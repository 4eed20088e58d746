/**
 * Tells a panic of the guest's kernel from another reset, by its words on a serial line. The guest can say them without
 * having panicked; nothing but the reason that is shown depends on them.
 */
export const PANIC = "Kernel panic";

export interface PanicWatch {
  hear(line: number, bytes: Uint8Array): void;
  readonly heard: boolean;
}

export function panicWatch(): PanicWatch {
  const tails = new Map<number, string>();
  let heard = false;
  return {
    hear(line, bytes) {
      if (heard) return;
      // Words may be cut in two by how output is gathered.
      const text = (tails.get(line) ?? "") + String.fromCharCode(...bytes);
      heard = text.includes(PANIC);
      tails.set(line, text.slice(1 - PANIC.length));
    },
    get heard() {
      return heard;
    },
  };
}
