/** The commands that give the same digests outside the page, and the files they need, as they lie on the machine's media now. */
import { useEffect, useState } from "react";
import type { LabView } from "../../engine/lab/index.ts";
import { containerEntries } from "../../engine/storage/index.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { shortDigest } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { Command } from "../parts/Command.tsx";
import { saveFile } from "../parts/save.ts";
import { verityCommand } from "./verity-command.ts";

/** The medium beside the firmware's that holds file system and tree. */
const bootOf = (firmware: string) => firmware.replace(/\.firmware$/, ".boot");

/** Role: attacker, who may read any medium; there is nothing secret on these. */
async function readDescriptor(view: LabView, { platform, status }: BoxFacts): Promise<Uint8Array | null> {
  const medium = await view.terra.lab?.platform(platform).disk(status.medium).copy();
  if (!medium) return null;
  const entry = containerEntries(medium).find(({ name }) => name === "descriptor.json");
  return entry ? medium.slice(entry.offset, entry.offset + entry.length) : null;
}

function useDescriptor(box: BoxFacts): Uint8Array | null {
  const view = useView();
  const [descriptor, setDescriptor] = useState<{ of: string; bytes: Uint8Array } | null>(null);
  const open = view.terra.lab !== null;
  // Made anew, a box may be of another descriptor.
  const of = `${box.path} ${box.id} ${box.status.primary ?? box.status.medium}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the box's other changes leave its descriptor as it is
  useEffect(() => {
    if (!open) return;
    let current = true;
    readDescriptor(view, box).then(
      (bytes) => {
        if (current && bytes) setDescriptor({ of, bytes });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [view, open, of]);
  return descriptor?.of === of ? descriptor.bytes : null;
}

/** The files that the commands read, saved from this lab. */
export function SaveFiles({ box }: { box: BoxFacts }) {
  const view = useView();
  const boot = bootOf(box.status.medium);
  const save = async (name: string, bytes: Promise<Uint8Array | null | undefined>) => {
    const found = await bytes;
    if (found) saveFile(name, found);
  };
  return (
    <span className="confirm-files">
      <button type="button" className="chip" onClick={() => void save("descriptor.json", readDescriptor(view, box))}>
        <Save />
        descriptor.json
      </button>
      <button
        type="button"
        className="chip"
        onClick={() => {
          const disk = view.terra.lab?.platform(box.platform).disk(boot);
          if (disk) void save(`${boot}.img`, disk.copy());
        }}
      >
        <Save />
        {`${boot}.img`}
      </button>
    </span>
  );
}

export function Confirm({ box, digest }: { box: BoxFacts; digest: string }) {
  const descriptor = useDescriptor(box);
  const verity = descriptor && verityCommand(descriptor, `${bootOf(box.status.medium)}.img`);
  return (
    <div className="confirm">
      <Command line="sha256sum descriptor.json" output={`${shortDigest(digest)}  descriptor.json`} />
      {verity && <Command line={verity.line} output={verity.output} />}
    </div>
  );
}
