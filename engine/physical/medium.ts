/**
 * One medium: bytes that anybody outside the chip may read and change. Media made from the same file of the site share its
 * bytes until one of them is written to. It must never hand out a view of its own bytes.
 */
import { TerraError } from "../protocol/errors.ts";
import type { MediumKind } from "../protocol/media.ts";
import type { Bytes } from "../storage/index.ts";

export interface Medium {
  readonly id: string;
  readonly kind: MediumKind;
  /** Bytes. */
  readonly size: number;
  /** A copy. "bad-argument" out of range. */
  read(offset: number, length: number): Bytes;
  write(offset: number, bytes: Uint8Array): void;
  /** Takes `bytes` over as the new content; their length must be the medium's. */
  restore(bytes: Bytes): void;
  /** The same bytes under another id; this one is not used any more. */
  named(id: string): Medium;
}

export interface Content {
  bytes: Bytes;
  /** Others hold the same bytes: the first write makes a copy. */
  shared: boolean;
}

export function createMedium(id: string, kind: MediumKind, content: Content): Medium {
  let { bytes, shared } = content;
  const size = bytes.length;

  const check = (offset: number, length: number) => {
    if (offset < 0 || length < 0 || offset + length > size) {
      throw new TerraError(
        "bad-argument",
        `${id} has ${size} bytes; ${length} bytes from byte ${offset} are not in it`,
      );
    }
  };
  return {
    id,
    kind,
    size,
    read(offset, length) {
      check(offset, length);
      return bytes.slice(offset, offset + length);
    },
    write(offset, written) {
      check(offset, written.length);
      if (shared) {
        bytes = bytes.slice();
        shared = false;
      }
      bytes.set(written, offset);
    },
    restore(restored) {
      if (restored.length !== size) {
        throw new TerraError(
          "bad-argument",
          `${id} has ${size} bytes; a copy of ${restored.length} bytes does not fit`,
        );
      }
      bytes = restored;
      shared = false;
    },
    named: (other) => createMedium(other, kind, { bytes, shared }),
  };
}
