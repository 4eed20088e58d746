// The descriptor of an image: what its primary identity is the SHA-256 of. Pure. Keys in this order, two spaces, one newline
// at the end: the bytes are normative.

export function descriptor(recipe, firmware, boot) {
  const { product, version, kind, memoryMiB, commandLine, console, suspend, devices } = recipe;
  const value = {
    format: "terra-descriptor-1",
    product,
    version,
    kind,
    memoryMiB,
    firmware: { stub: firmware.stub, kernel: firmware.kernel },
    commandLine,
    console,
    suspend,
    boot: { size: boot.size, blockSize: boot.blockSize, salt: boot.salt, root: boot.root, sha256: boot.sha256 },
    devices,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
