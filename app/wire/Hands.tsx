/** What an attacker does with a wire: drop, delay, change what comes by; put a frame of his own on it. */
import { useState } from "react";
import type { Wire } from "../../engine/lab/api.ts";
import { count } from "../facts/format.ts";
import { useView } from "../page/session.ts";
import { CallSlot, Refusal, useCall } from "../parts/call.tsx";
import { TextField } from "../parts/Field.tsx";
import { parseHex } from "../parts/hex.ts";
import { Role } from "../parts/Role.tsx";
import { texts } from "../texts.ts";
import { putTap, type TapMode, tapWords, useTaps } from "./taps.ts";

const WORDS = texts.wire;

function useWire(id: string): () => Wire {
  const view = useView();
  return () => {
    const { lab } = view.terra;
    if (!lab) throw new Error("bad-state: no lab is open");
    return lab.wire(id);
  };
}

/** Counters of the page's own interceptor. */
function Counts({ id }: { id: string }) {
  const tap = useTaps((taps) => taps[id]);
  if (!tap) return null;
  return (
    <p className="tap-counts" role="status">
      {WORDS.counts(count(tap.passed), count(tap.changed), count(tap.dropped))}
    </p>
  );
}

function Intercept({ id }: { id: string }) {
  const wire = useWire(id);
  const tap = useTaps((taps) => taps[id]);
  const [delay, setDelay] = useState("500");
  const [offset, setOffset] = useState("42");
  const putting = useCall<string>();
  const put = (mode: TapMode | null) =>
    void putting.make(async () => {
      await putTap(wire(), id, mode);
      return mode ? tapWords(mode) : WORDS.isOff;
    });
  const kind = tap?.mode.kind ?? null;
  return (
    <div className="intercept">
      <fieldset className="verbs" aria-label={WORDS.intercept}>
        <button type="button" className="chip" aria-pressed={kind === null} onClick={() => put(null)}>
          {WORDS.off}
        </button>
        <button type="button" className="chip" aria-pressed={kind === "drop"} onClick={() => put({ kind: "drop" })}>
          {WORDS.drop}
        </button>
        <span className="tap-choice">
          <button
            type="button"
            className="chip"
            aria-pressed={kind === "delay"}
            onClick={() => put({ kind: "delay", ms: Number(delay) })}
          >
            {WORDS.delay}
          </button>
          <input
            className="mono"
            aria-label={WORDS.delayMs}
            value={delay}
            onChange={(event) => setDelay(event.currentTarget.value)}
          />
          <span className="quiet">ms</span>
        </span>
        <span className="tap-choice">
          <button
            type="button"
            className="chip"
            aria-pressed={kind === "flip"}
            onClick={() => put({ kind: "flip", offset: Number(offset) })}
          >
            {WORDS.flip}
          </button>
          <input
            className="mono"
            aria-label={WORDS.flipOffset}
            value={offset}
            onChange={(event) => setOffset(event.currentTarget.value)}
          />
        </span>
      </fieldset>
      {putting.call.state === "refused" && <Refusal {...putting.call} />}
      <Counts id={id} />
    </div>
  );
}

function Inject({ id, frame }: { id: string; frame: Uint8Array | null }) {
  const wire = useWire(id);
  const [text, setText] = useState("");
  const injecting = useCall<number>();
  const inject = () =>
    void injecting.make(async () => {
      const bytes = parseHex(text);
      if (!bytes) throw new Error(`bad-argument: ${WORDS.notHex}`);
      await wire().inject(bytes);
      return bytes.length;
    });
  return (
    <form
      className="bytes-bar inject"
      onSubmit={(event) => {
        event.preventDefault();
        inject();
      }}
    >
      <TextField label={WORDS.injectBytes} value={text} onChange={setText} placeholder="ff ff ff ff ff ff 02 …" mono />
      {frame && (
        <button
          type="button"
          className="chip"
          onClick={() => setText(Array.from(frame, (byte) => byte.toString(16).padStart(2, "0")).join(" "))}
        >
          {WORDS.takeFrame}
        </button>
      )}
      <CallSlot
        caller={injecting}
        label={WORDS.inject}
        keep
        submit
        onCall={inject}
        done={(length) => WORDS.injected(length)}
      />
    </form>
  );
}

export function Hands({ id, frame }: { id: string; frame: Uint8Array | null }) {
  return (
    <footer className="wire-hands">
      <div className="list-title">
        <h3 className="heading">{WORDS.hands}</h3>
        <Role of="attacker" />
      </div>
      <Intercept id={id} />
      <Inject id={id} frame={frame} />
    </footer>
  );
}
