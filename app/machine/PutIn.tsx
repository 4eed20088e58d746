/** Disks that come into a machine: those taken out before, from this machine or another, blank ones, and files. */
import { useRef, useState } from "react";
import type { Platform } from "../../engine/lab/api.ts";
import { useView } from "../page/session.ts";
import { CallSlot, useCall } from "../parts/call.tsx";
import { TextField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { dropTaken, type TakenDisk, useShelf } from "./shelf.ts";

const WORDS = texts.media;

export function PutIn({ platform, onChange }: { platform: string; onChange(): void }) {
  const view = useView();
  const taken = useShelf((shelf) => shelf.taken);
  const file = useRef<HTMLInputElement>(null);
  const [size, setSize] = useState("1");
  const putting = useCall<string>();
  const put = (disk: Parameters<Platform["insertDisk"]>[0]) =>
    putting.make(async () => {
      const { lab } = view.terra;
      if (!lab) throw new Error("bad-state: no lab is open");
      const id = await lab.platform(platform).insertDisk(disk);
      onChange();
      return id;
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
