/** What a machine's zoom asks the lab for beside the facts: the catalogue's images, and the media in the machine. */
import { useCallback, useEffect, useState } from "react";
import type { Image, Platform } from "../../engine/lab/api.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";

export type MediumEntry = Awaited<ReturnType<Platform["disks"]>>[number];

export function useImages(): readonly Image[] {
  const view = useView();
  const [images, setImages] = useState<readonly Image[]>([]);
  useEffect(() => {
    view.terra.images().then(setImages, () => undefined);
  }, [view]);
  return images;
}

/** The machine's media, asked for anew when its devices change, and on demand. */
export function useMedia(machine: MachineFacts): { media: readonly MediumEntry[]; again(): void } {
  const view = useView();
  const [media, setMedia] = useState<readonly MediumEntry[]>([]);
  const { id } = machine.info;
  const again = useCallback(() => {
    view.terra.lab
      ?.platform(id)
      .disks()
      .then(setMedia, () => undefined);
  }, [view, id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other devices or boxes use other media
  useEffect(again, [again, machine.devices, machine.boxes.length]);
  return { media, again };
}
