/**
 * Where the bytes of what was measured lie: the media of the machine, as they are now, and the files into which the page saves
 * them. Role: attacker, who may read any medium; there is nothing secret on these.
 */
import { useEffect, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/view.ts";
import { BLOCK_SIZE, containerEntries, digest, parseDescriptor } from "../../engine/storage/index.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";
import type { VerityDisk } from "./commands.ts";

const copyOf = (view: LabView, platform: string, medium: string): Promise<Uint8Array> =>
  view.terra.lab?.platform(platform).disk(medium).copy() ?? Promise.reject(new Error("bad-state: no lab is open"));

/** One file of a container: of the flash, or of an image's firmware medium. */
export async function readEntry(
  view: LabView,
  platform: string,
  medium: string,
  name: string,
): Promise<Uint8Array | null> {
  const bytes = await copyOf(view, platform, medium);
  const entry = containerEntries(bytes).find((each) => each.name === name);
  return entry ? bytes.slice(entry.offset, entry.offset + entry.length) : null;
}

export const readMedium = copyOf;

export interface DescriptorFacts {
  commandLine: string;
  salt: string;
}

/** A value that has to be read; null until it is there, and where it cannot be read. `of` names what it is of. */
function useRead<T>(of: string, read: () => Promise<T | null>): T | null {
  const view = useView();
  const [state, setState] = useState<{ of: string; value: T | null }>({ of: "", value: null });
  const open = view.terra.lab !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` says what is read
  useEffect(() => {
    if (!open) return;
    let current = true;
    read().then(
      (value) => current && setState({ of, value }),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [view, open, of]);
  return state.of === of ? state.value : null;
}

/** What the descriptor says that commands need. Made anew, a box may be of another descriptor. */
export function useDescriptor(box: BoxFacts): DescriptorFacts | null {
  const view = useView();
  const { platform, path, id, status } = box;
  return useRead(`${path} ${id} ${status.primary ?? status.medium}`, async () => {
    const bytes = await readEntry(view, platform, status.medium, "descriptor.json");
    if (!bytes) return null;
    const { commandLine, boot } = parseDescriptor(bytes);
    return { commandLine, salt: boot.salt };
  });
}

/**
 * A disk as commands take it. The boot disk's salt stands in the descriptor; others have none as a rule, which is tried on the
 * block that the root is the digest of. Null where neither is so.
 */
export function useVerityDisk(box: BoxFacts, disk: MeasurementNode, medium: string | undefined): VerityDisk | null {
  const view = useView();
  const blocks = disk.blocks?.total ?? 0;
  return useRead(`${box.path} ${box.id} ${box.starts} ${disk.name} ${disk.digest} ${medium}`, async () => {
    const source = medium === undefined ? undefined : view.terra.lab?.platform(box.platform).disk(medium);
    if (!source || blocks === 0) return null;
    const known = { file: `${medium}.img`, blocks, root: disk.digest };
    if (disk.name === "boot") {
      const bytes = await readEntry(view, box.platform, box.status.medium, "descriptor.json");
      return bytes ? { ...known, salt: parseDescriptor(bytes).boot.salt } : null;
    }
    const top = await source.read(blocks === 1 ? 0 : blocks * BLOCK_SIZE, BLOCK_SIZE);
    return (await digest(top.slice())) === disk.digest ? { ...known, salt: "" } : null;
  });
}
