/**
 * Looks whether v86 will find what it is to boot: a multiboot header of the kind that carries its own addresses (GNU
 * Multiboot Specification 0.6.96, 3.1), and memory enough. v86 itself would start nothing, or never answer.
 */
import { TerraError } from "../protocol/errors.ts";

const SEARCHED = 8192;
const MAGIC = 0x1badb002;
const HAS_ADDRESSES = 0x10000;

/** Code "bad-argument" if this cannot be started in so much memory. */
export function checkMultiboot(boot: Uint8Array, memoryBytes: number): void {
  const view = new DataView(boot.buffer, boot.byteOffset, boot.byteLength);
  for (let at = 0; at + 32 <= Math.min(boot.length, SEARCHED); at += 4) {
    const flags = view.getUint32(at + 4, true);
    if (view.getUint32(at, true) !== MAGIC || (MAGIC + flags + view.getUint32(at + 8, true)) >>> 0 !== 0) continue;
    if ((flags & HAS_ADDRESSES) === 0) break;
    const end = view.getUint32(at + 16, true) + boot.length;
    if (end > memoryBytes) {
      throw new TerraError(
        "bad-argument",
        `stub and kernel end at ${Math.ceil(end / 1048576)} MiB; the machine has ${memoryBytes / 1048576} MiB of memory`,
      );
    }
    return;
  }
  throw new TerraError("bad-argument", "the stub has no multiboot header with addresses of its own");
}
