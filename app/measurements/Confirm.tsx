/** The commands that give the same digests outside the page, and the files they need. */
import { useEffect, useState } from "react";
import type { Image, MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { shortDigest } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { Command } from "../parts/Command.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
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

export function Confirm({ box, disk }: { box: BoxFacts; disk: MeasurementNode | undefined }) {
  const view = useView();
  const image = useImage(box);
  if (!image) return null;
  const verity = disk && verityCommand(image.descriptor, `${image.id}.boot.img`);
  const saveDisk = async () => {
    const medium = `${image.id}.boot`;
    const bytes = await view.terra.lab?.platform(box.platform).disk(medium).copy();
    if (bytes) saveFile(`${image.id}.boot.img`, bytes);
  };
  return (
    <div className="confirm">
      <Command line="sha256sum descriptor.json" output={`${shortDigest(image.primary)}  descriptor.json`} />
      {verity !== undefined && <Command line={verity} />}
      <div className="confirm-files">
        <button type="button" className="chip" onClick={() => saveFile("descriptor.json", image.descriptor)}>
          <Save />
          descriptor.json
        </button>
        <button type="button" className="chip" onClick={() => void saveDisk()}>
          <Save />
          {`${image.id}.boot.img`}
        </button>
        <span className="visually-hidden">{texts.measurements.confirm}</span>
      </div>
    </div>
  );
}
