/** Disks that come into a machine: those taken out before, from this machine or another, blank ones, images of the catalogue, files. */
import { useRef, useState } from "react";
import type { Platform } from "../../engine/lab/api.ts";
import { useView } from "../page/session.ts";
import { CallSlot, useCall } from "../parts/call.tsx";
import { ChoiceField, TextField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { useImages } from "./lists.ts";
import { dropTaken, type TakenDisk, useShelf } from "./shelf.ts";

const WORDS = texts.media;

export function PutIn({ platform, onChange }: { platform: string; onChange(): void }) {
  const view = useView();
  const taken = useShelf((shelf) => shelf.taken);
  const file = useRef<HTMLInputElement>(null);
  const images = useImages();
  const [size, setSize] = useState("1");
  const [image, setImage] = useState<string | null>(null);
  const putting = useCall<string>();
  const put = (disk: Parameters<Platform["insertDisk"]>[0]) =>
    putting.make(async () => {
      const { lab } = view.terra;
      if (!lab) throw new Error("bad-state: no lab is open");
      const id = await lab.platform(platform).insertDisk(disk);
      onChange();
      return id;
    });
  const putImage = () =>
    void putting.make(async () => {
      const { lab } = view.terra;
      if (!lab) throw new Error("bad-state: no lab is open");
      const { firmware, boot } = await lab.platform(platform).insertImage(image ?? images[0]?.id ?? "");
      onChange();
      return `${firmware}, ${boot}`;
    });
  const putBack = async (disk: TakenDisk) => {
    if ((await put(disk.handle)) !== undefined) dropTaken(disk.handle);
  };
  return (
    <section className="put-in" aria-label={WORDS.putIn}>
      <h3 className="heading">{WORDS.putIn}</h3>
      {taken.map((disk) => (
        <button key={disk.handle.handle} type="button" className="chip" onClick={() => void putBack(disk)}>
          {WORDS.taken(disk.medium, disk.platform)}
        </button>
      ))}
      <form
        className="bytes-bar"
        onSubmit={(event) => {
          event.preventDefault();
          void put({ blankMiB: Number(size) });
        }}
      >
        <TextField label={WORDS.blank} value={size} onChange={setSize} unit="MiB" mono />
        <CallSlot
          caller={putting}
          label={WORDS.putBlank}
          keep
          submit
          onCall={() => undefined}
          done={(id) => WORDS.isIn(id)}
        />
      </form>
      <div className="put-image">
        <ChoiceField
          label={WORDS.image}
          value={image ?? images[0]?.id ?? ""}
          onChange={setImage}
          options={images.map(({ id }) => ({ value: id, words: id }))}
        />
        <button type="button" className="button" onClick={putImage}>
          {WORDS.putBlank}
        </button>
      </div>
      <button type="button" className="chip" onClick={() => file.current?.click()}>
        {WORDS.putFile}
      </button>
      <input
        ref={file}
        type="file"
        hidden
        onChange={async (event) => {
          const [chosen] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (chosen) await put({ bytes: new Uint8Array(await chosen.arrayBuffer()) });
        }}
      />
    </section>
  );
}
