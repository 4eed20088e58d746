/** Role: attacker. Hands on what lies outside the chip: the physical realm lets anybody read and change it. */
import type { Client } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediumInfo, PhysicalEvent, PhysicalRequest } from "../protocol/media.ts";
import type { Medium } from "./api.ts";
import { asArgument } from "./arguments.ts";

export function createMedium(
  physical: Client<PhysicalRequest, PhysicalEvent>,
  platform: string,
  info: MediumInfo,
): Medium {
  const medium = info.id;
  const read = async (offset: number, length: number) =>
    (await asArgument(physical.call({ op: "read", platform, medium, offset, length }))) as Uint8Array;
  return {
    size: info.size,
    read,
    async write(offset, bytes) {
      if (!(bytes instanceof Uint8Array)) throw new TerraError("bad-argument", "bytes should be a Uint8Array");
      await asArgument(physical.call({ op: "write", platform, medium, offset, bytes }));
    },
    copy: () => read(0, info.size),
    async restore(image) {
      if (!(image instanceof Uint8Array)) throw new TerraError("bad-argument", "the copy should be a Uint8Array");
      await physical.call({ op: "restore", platform, medium, bytes: image });
    },
  };
}
