/** A box's memory: read, searched, changed. Addresses are the guest's physical ones. */
import { useRef, useState } from "react";
import type { BoxFacts } from "../facts/facts.ts";
import { bytesOf, count } from "../facts/format.ts";
import { useView } from "../page/session.ts";
import { BytesPlace, type BytesState, useBytes } from "../parts/BytesPlace.tsx";
import { CallSlot, useCall } from "../parts/call.tsx";
import { ChoiceField, TextField } from "../parts/Field.tsx";
import { parseHex } from "../parts/hex.ts";
import { texts } from "../texts.ts";
import { inspectOf, MOST_FOUND, type Search, search } from "./inspect.ts";

const WORDS = texts.box.memory;

function wantedOf(form: "text" | "hex", text: string): Uint8Array {
  const bytes = form === "text" ? new TextEncoder().encode(text) : parseHex(text);
  if (!bytes || bytes.length === 0) throw new Error(`bad-argument: ${WORDS.nothingToFind}`);
  return bytes;
}

function Find({ box, memory }: { box: BoxFacts; memory: BytesState }) {
  const [text, setText] = useState("");
  const [form, setForm] = useState<"text" | "hex">("text");
  const [progress, setProgress] = useState<Search | null>(null);
  const stop = useRef(false);
  const finding = useCall<Search>(box.platform);
  const busy = finding.call.state === "busy";
  const find = () => {
    stop.current = false;
    setProgress(null);
    void finding.make(() => {
      const total = box.status.memoryMiB * 2 ** 20;
      return search(memory.source.read, total, wantedOf(form, text), setProgress, () => stop.current);
    });
  };
  const found = progress?.found ?? [];
  return (
    <div className="memory-find">
      <form
        className="bytes-bar"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <TextField label={WORDS.find} value={text} onChange={setText} mono />
        <ChoiceField
          label={WORDS.as}
          value={form}
          onChange={setForm}
          options={[
            { value: "text", words: WORDS.text },
            { value: "hex", words: WORDS.hex },
          ]}
        />
        <CallSlot
          caller={finding}
          label={WORDS.findButton}
          keep
          submit
          onCall={find}
          done={(result) => WORDS.found(result.found.length, result.found.length === MOST_FOUND)}
        />
        {busy && (
          <>
            <button
              type="button"
              className="chip"
              onClick={() => {
                stop.current = true;
              }}
            >
              {WORDS.stop}
            </button>
            {progress && <span className="quiet">{bytesOf(progress.searched, progress.total)}</span>}
          </>
        )}
      </form>
      {found.length > 0 && (
        <ul className="found" aria-label={WORDS.places}>
          {found.map((address) => (
            <li key={address}>
              <button type="button" className="chip mono" onClick={() => void memory.readAt(address - (address % 16))}>
                0x{address.toString(16)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function MemoryTool({ box }: { box: BoxFacts }) {
  const view = useView();
  const { id, platform, status } = box;
  const memory = useBytes(
    {
      label: WORDS.of(status.name),
      read: (address, length) => inspectOf(view, box).readMemory(id, address, length),
      write: (address, bytes) => inspectOf(view, box).writeMemory(id, address, bytes),
    },
    "0x100000",
    platform,
  );
  return (
    <section className="memory" aria-label={WORDS.title}>
      <h3 className="heading">
        {WORDS.title} <span className="quiet">{WORDS.physical(count(status.memoryMiB))}</span>
      </h3>
      <BytesPlace state={memory} platform={platform} />
      <Find box={box} memory={memory} />
    </section>
  );
}
