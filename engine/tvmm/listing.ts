/**
 * LIST for the management box: the machine's tables as text, a line each, fields separated by tabs (management-device.ts names
 * the columns). Some of what stands in them was chosen by others, callers or an attacker at the media: none of it may pass for
 * another field or line.
 */

import { TerraError } from "../protocol/errors.ts";
import { LIST_COLUMNS, type ListWhat } from "../protocol/management-device.ts";
import type { DeviceStatus, Limits, OwnerRequest, VmStatus } from "../protocol/owner.ts";
import { MAX_BODY } from "../protocol/serial-framing.ts";
import { readDescriptor } from "./firmware.ts";
import { inTime } from "./in-time.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";

/** Images that are read for one LIST: each is a medium that an attacker may have put there. */
const MAX_IMAGES = 64;

export interface ListParts {
  machine: Machine;
  media: Media;
}

type Row = (string | number | undefined)[];

/** Code "out-of-memory" where a reply could not hold it. */
export async function listing(
  { media }: ListParts,
  what: ListWhat,
  handle: (request: OwnerRequest) => Promise<unknown>,
): Promise<string> {
  const rows = await rowsOf();
  const lines = [LIST_COLUMNS[what], ...rows].map((row) => `${row.map(field).join("\t")}\n`);
  const list = lines.join("");
  if (new TextEncoder().encode(list).length > MAX_BODY) {
    throw new TerraError("out-of-memory", `the list of ${rows.length} ${what} is longer than ${MAX_BODY} bytes`);
  }
  return list;

  async function rowsOf(): Promise<Row[]> {
    switch (what) {
      case "vms":
        return ((await handle({ op: "list-vms" })) as VmStatus[]).map(vmRow);
      case "devices":
        return ((await handle({ op: "list-devices" })) as DeviceStatus[]).map(deviceRow);
      case "limits":
        return limitRows((await handle({ op: "limits" })) as Limits);
      case "media":
        return (await media.list()).map(({ id, kind, size }) => [id, kind, size]);
      case "images":
        return imageRows(media);
    }
  }
}

function vmRow(vm: VmStatus): Row {
  return [
    vm.id,
    vm.name,
    vm.image,
    vm.kind,
    vm.state,
    vm.memoryMiB,
    vm.cpuShare,
    vm.primary,
    vm.management ? "yes" : "no",
    vm.devices.join(","),
  ];
}

function deviceRow(device: DeviceStatus): Row {
  return [
    device.id,
    device.type,
    device.medium,
    device.class,
    device.role,
    device.mac,
    device.wire,
    device.attachedTo,
    device.connectedTo.join(","),
  ];
}

function limitRows({ memoryMiB, images, share, shares }: Limits): Row[] {
  return [
    ["memory", "-", memoryMiB],
    ["images", "-", images === null ? "any" : images.join(",")],
    ["share", "-", share],
    ...Object.entries(shares).map(([name, each]): Row => ["share", name, each]),
  ];
}

async function imageRows(media: Media): Promise<Row[]> {
  const names = (await media.list()).filter(({ id, kind }) => kind === "disk" && id.endsWith(".firmware"));
  return Promise.all(
    names.slice(0, MAX_IMAGES).map(async ({ id: medium }): Promise<Row> => {
      const id = medium.slice(0, -".firmware".length);
      try {
        const { descriptor, primary } = await inTime(readDescriptor(media, medium), `the medium ${medium}`);
        const { product, version, kind, boot } = descriptor;
        return [id, product, version, kind, primary, boot.root, boot.salt];
      } catch {
        return [id, ...LIST_COLUMNS.images.slice(1).map(() => undefined)];
      }
    }),
  );
}

/** One field: nothing in it can end it, and it is never empty, so that a shell counts right. */
function field(value: string | number | undefined): string {
  const shown = String(value ?? "").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return shown === "" ? "-" : shown;
}
