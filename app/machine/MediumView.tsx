/** One medium in an attacker's hands: its bytes, and what can be done with the whole of it. */
import { useRef } from "react";
import type { Medium, Platform } from "../../engine/lab/api.ts";
import { bytes, seconds } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { BytesPlace, useBytes } from "../parts/BytesPlace.tsx";
import { CallSlot, useCall } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import type { MediumEntry } from "./lists.ts";
import { type Copy, dropCopy, keepCopy, keepTaken, useShelf } from "./shelf.ts";

const WORDS = texts.media;

function Copies({ copies, restore }: { copies: readonly Copy[]; restore(bytes: Uint8Array, name: string): void }) {
  if (copies.length === 0) return null;
  return (
    <ul className="copies" aria-label={WORDS.copies}>
      {copies.map((copy) => (
        <li key={copy.number}>
          <span>{WORDS.copyOf(seconds(copy.time), bytes(copy.bytes.length))}</span>
          <button type="button" className="chip" onClick={() => restore(copy.bytes, seconds(copy.time))}>
            {WORDS.putBack}
          </button>
          <button
            type="button"
            className="chip"
            onClick={() => saveFile(`${copy.platform}-${copy.medium}`, copy.bytes)}
          >
            <Save />
            {WORDS.save}
          </button>
          <button type="button" className="chip" onClick={() => dropCopy(copy.number)}>
            {WORDS.forget}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function MediumView({ platform, entry, onChange }: { platform: string; entry: MediumEntry; onChange(): void }) {
  const view = useView();
  const { id } = entry;
  const file = useRef<HTMLInputElement>(null);
  const all = useShelf((shelf) => shelf.copies);
  const copies = all.filter((copy) => copy.platform === platform && copy.medium === id);
  const machine = (): Platform => {
    const { lab } = view.terra;
    if (!lab) throw new Error("bad-state: no lab is open");
    return lab.platform(platform);
  };
  const medium = (): Medium => machine().disk(id);
  const state = useBytes(
    {
      label: WORDS.bytesOf(id),
      read: async (offset, length) => medium().read(offset, length),
      write: async (offset, content) => medium().write(offset, content),
    },
    "0",
  );
  const copying = useCall<number>();
  const restoring = useCall<string>();
  const taking = useCall<string>();
  const copy = () =>
    void copying.make(async () => {
      const whole = await medium().copy();
      keepCopy(platform, id, whole);
      return whole.length;
    });
  const restore = (content: Uint8Array, name: string) =>
    void restoring.make(async () => {
      await medium().restore(content);
      if (state.window) await state.readAt(state.window.base);
      return name;
    });
  const take = () =>
    void taking.make(async () => {
      const handle = await machine().removeDisk(id);
      keepTaken({ handle, platform, medium: id });
      onChange();
      return id;
    });
  return (
    <section className="medium" aria-label={WORDS.bytesOf(id)}>
      <h3 className="heading">
        <span className="mono">{id}</span> <span className="quiet">{`${entry.kind}, ${bytes(entry.size)}`}</span>
      </h3>
      <BytesPlace state={state} />
      <div className="hands">
        <CallSlot
          caller={copying}
          label={WORDS.copy}
          keep
          onCall={copy}
          done={(length) => WORDS.copied(bytes(length))}
        />
        <CallSlot
          caller={restoring}
          label={WORDS.restoreFile}
          keep
          onCall={() => file.current?.click()}
          done={(name) => WORDS.restored(name)}
        />
        <input
          ref={file}
          type="file"
          hidden
          onChange={async (event) => {
            const [chosen] = event.currentTarget.files ?? [];
            event.currentTarget.value = "";
            if (chosen) restore(new Uint8Array(await chosen.arrayBuffer()), chosen.name);
          }}
        />
        <CallSlot caller={taking} label={WORDS.takeOut} keep onCall={take} done={(name) => WORDS.takenOut(name)} />
      </div>
      <Copies copies={copies} restore={restore} />
    </section>
  );
}
