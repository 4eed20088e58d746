/**
 * An image's firmware medium: descriptor.json, stub and kernel. CREATE-VM takes the descriptor's bytes from it, and with them
 * the identity; ON reads the medium again and takes nothing from it that does not fit those bytes (paper 4.1). What is
 * returned is the copy that was hashed.
 */
import { TerraError } from "../protocol/errors.ts";
import {
  type Descriptor,
  digest,
  equalBytes,
  MAXIMUM_DESCRIPTOR,
  parseDescriptor,
  primaryIdentity,
} from "../storage/index.ts";
import { IntegrityError } from "./integrity.ts";
import type { Vm } from "./machine.ts";
import type { Measured } from "./measured.ts";
import { type Files, type Media, openContainer, type ReadOptions } from "./media.ts";

const DESCRIPTOR = "descriptor.json";

export interface Described {
  bytes: Uint8Array;
  descriptor: Descriptor;
  primary: string;
}

/** The descriptor as it lies in the medium now. Errors: "unknown-disk", "malformed" and "bad-argument" saying what is wrong. */
export async function readDescriptor(media: Media, medium: string): Promise<Described> {
  const files = await open(media, medium);
  const bytes = await files.read(DESCRIPTOR, { maxLength: MAXIMUM_DESCRIPTOR });
  return { bytes, descriptor: parseDescriptor(bytes), primary: primaryIdentity(bytes) };
}

/** Stub and kernel, measured; "integrity" names the part that is not what the descriptor says. */
export async function measureFirmware(
  media: Media,
  vm: Vm,
  measured: Measured,
  options: ReadOptions,
): Promise<{ stub: Uint8Array<ArrayBuffer>; kernel: Uint8Array<ArrayBuffer> }> {
  const files = await open(media, vm.medium);
  const found = await files.read(DESCRIPTOR, { maxLength: MAXIMUM_DESCRIPTOR });
  if (!equalBytes(found, vm.descriptorBytes)) {
    measured.descriptor = "failed";
    const now = primaryIdentity(found);
    throw new IntegrityError(
      `the descriptor in ${vm.medium} has SHA-256 ${now}; ${vm.name} was made from ${vm.primary}, and stays that VM`,
      { part: "descriptor", expected: vm.primary, found: now },
    );
  }
  measured.descriptor = "verified";
  const stub = await measurePart(files, vm, measured, "stub", options);
  const kernel = await measurePart(files, vm, measured, "kernel", options);
  return { stub, kernel };
}

async function measurePart(
  files: Files,
  vm: Vm,
  measured: Measured,
  part: "stub" | "kernel",
  options: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { size, sha256: expected } = vm.descriptor.firmware[part];
  const length = files.length(part);
  if (length !== size) {
    measured[part] = "failed";
    throw new IntegrityError(
      `the ${part} in ${vm.medium} has ${length} bytes; the descriptor of ${vm.name} says ${size}`,
      {
        part,
      },
    );
  }
  const bytes = await files.read(part, options);
  const found = await digest(bytes);
  if (found !== expected) {
    measured[part] = "failed";
    throw new IntegrityError(
      `the ${part} in ${vm.medium} has SHA-256 ${found}; the descriptor of ${vm.name} says ${expected}`,
      { part, expected, found },
    );
  }
  measured[part] = "verified";
  return bytes;
}

async function open(media: Media, medium: string): Promise<Files> {
  const info = (await media.list()).find(({ id }) => id === medium);
  if (info?.kind !== "disk") {
    throw new TerraError(
      "unknown-disk",
      `there is no image's firmware medium ${JSON.stringify(medium)} in this machine`,
    );
  }
  return openContainer(media, medium, info.size);
}
