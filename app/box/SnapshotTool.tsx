/** The whole box as it stands, memory in clear, as a file. */
import { useState } from "react";
import type { BoxFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { CallSlot, useCall } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import { inspectOf } from "./inspect.ts";

const WORDS = texts.box.snapshot;

export function SnapshotTool({ box }: { box: BoxFacts }) {
  const view = useView();
  const [state, setState] = useState<Uint8Array | null>(null);
  const taking = useCall<Uint8Array>(box.platform);
  const file = `${box.status.name}.snapshot`;
  const take = async () => {
    setState((await taking.make(() => inspectOf(view, box).snapshot(box.id))) ?? null);
  };
  return (
    <section className="tool" aria-label={WORDS.title}>
      <h3 className="heading">{WORDS.title}</h3>
      <p className="quiet">{WORDS.what}</p>
      <CallSlot
        caller={taking}
        label={WORDS.take}
        keep
        onCall={() => void take()}
        done={(taken) => WORDS.taken(bytes(taken.length))}
      />
      {state && (
        <button type="button" className="chip" onClick={() => saveFile(file, state)}>
          <Save />
          {file}
        </button>
      )}
    </section>
  );
}
