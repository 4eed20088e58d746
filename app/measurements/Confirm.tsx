/** The commands that give the same digests outside the page, and the files they need. */
import { useEffect, useState } from "react";
import type { Image } from "../../engine/lab/api.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { shortDigest } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { Command } from "../parts/Command.tsx";
import { saveFile } from "../parts/save.ts";
import { verityCommand } from "./verity-command.ts";

let images: Promise<Image[]> | undefined;

/** The catalogue's image that a box was made from; none if its descriptor was changed. */
function useImage(box: BoxFacts): Image | undefined {
  const view = useView();
  const [all, setAll] = useState<Image[]>([]);
  useEffect(() => {
    images ??= view.terra.images();
    images.then(setAll, () => {
      images = undefined;
    });
  }, [view]);
  const { primary, product, version } = box.status;
  return primary === undefined
    ? all.find((image) => image.product === product && image.version === version)
    : all.find((image) => image.primary === primary);
}

/** The files that the commands read, saved from this lab. */
export function SaveFiles({ box }: { box: BoxFacts }) {
  const view = useView();
  const image = useImage(box);
  if (!image) return null;
  const saveDisk = async () => {
    const bytes = await view.terra.lab?.platform(box.platform).disk(`${image.id}.boot`).copy();
    if (bytes) saveFile(`${image.id}.boot.img`, bytes);
  };
  return (
    <span className="confirm-files">
      <button type="button" className="chip" onClick={() => saveFile("descriptor.json", image.descriptor)}>
        <Save />
        descriptor.json
      </button>
      <button type="button" className="chip" onClick={() => void saveDisk()}>
        <Save />
        {`${image.id}.boot.img`}
      </button>
    </span>
  );
}

export function Confirm({ box }: { box: BoxFacts }) {
  const image = useImage(box);
  if (!image) return null;
  const verity = verityCommand(image.descriptor, `${image.id}.boot.img`);
  return (
    <div className="confirm">
      <Command line="sha256sum descriptor.json" output={`${shortDigest(image.primary)}  descriptor.json`} />
      {verity !== undefined && <Command line={verity.line} output={verity.output} />}
    </div>
  );
}
