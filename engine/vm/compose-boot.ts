/**
 * Puts a guest's stub and kernel together into the one buffer that v86's `multiboot` option takes. It must never change a
 * byte of either: what was measured is what runs.
 *
 * The stub is one flat page that is loaded at 16 MiB - 4096, with a multiboot header of the kind that carries its own
 * addresses (no ELF header); its load end is 0, which means: load the whole file. The kernel is flat too and is linked to
 * begin at 16 MiB. So the two only have to follow each other. Command line and memory map reach the stub in the multiboot
 * info (GNU Multiboot Specification 0.6.96, 3.1 and 3.3), so v86's `cmdline` option is all that is needed besides.
 */

const STUB_BYTES = 4096;

/** @returns stub and kernel, back to back, in a buffer of their own. */
export function composeBoot(stub: Uint8Array, kernel: Uint8Array): Uint8Array<ArrayBuffer> {
  if (stub.length !== STUB_BYTES) throw new Error(`the stub has ${stub.length} bytes, wanted ${STUB_BYTES}`);
  if (kernel.length === 0) throw new Error("the kernel is empty");
  const image = new Uint8Array(stub.length + kernel.length);
  image.set(stub, 0);
  image.set(kernel, stub.length);
  return image;
}
