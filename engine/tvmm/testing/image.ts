/** Small images for tests: real descriptors, real trees, and nothing that could boot. */
import { randomFillSync } from "node:crypto";
import { buildContainer, computeTree, concatBytes, type Descriptor, digestSync } from "../../storage/index.ts";

export interface TestImage {
  descriptor: Descriptor;
  primary: string;
  /** The medium ID.firmware. */
  firmware: Uint8Array<ArrayBuffer>;
  /** The medium ID.boot: data, then its tree. */
  boot: Uint8Array<ArrayBuffer>;
}

export interface ImageOptions {
  kind?: "open" | "closed";
  console?: Descriptor["console"];
  suspend?: boolean;
  blocks?: number;
  memoryMiB?: number;
  devices?: Descriptor["devices"];
  /** Changes the descriptor before it is written, as an attacker would. */
  change?: (descriptor: Descriptor) => void;
}

export function testImage(options: ImageOptions = {}): TestImage {
  const data = new Uint8Array((options.blocks ?? 300) * 4096);
  for (let at = 0; at < data.length; at += 65536) randomFillSync(data, at, Math.min(65536, data.length - at));
  const salt = "5a".repeat(32);
  const { tree, root } = computeTree(data, salt);
  const stub = new TextEncoder().encode("stub");
  const kernel = new TextEncoder().encode("kernel");
  const descriptor: Descriptor = {
    format: "terra-descriptor-1",
    product: "Test",
    version: "1.0.0",
    kind: options.kind ?? "closed",
    memoryMiB: options.memoryMiB ?? 64,
    firmware: {
      stub: { size: stub.length, sha256: digestSync(stub) },
      kernel: { size: kernel.length, sha256: digestSync(kernel) },
    },
    commandLine: "root=/dev/vda ro",
    console: options.console ?? "none",
    suspend: options.suspend ?? true,
    boot: { size: data.length, blockSize: 4096, salt, root, sha256: digestSync(data) },
    devices: options.devices ?? [],
  };
  options.change?.(descriptor);
  const bytes = new TextEncoder().encode(`${JSON.stringify(descriptor, null, 2)}\n`);
  return {
    descriptor,
    primary: digestSync(bytes),
    firmware: buildContainer([
      ["descriptor.json", bytes],
      ["stub", stub],
      ["kernel", kernel],
    ]),
    boot: concatBytes(data, tree),
  };
}
