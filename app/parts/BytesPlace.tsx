/**
 * Bytes that lie somewhere, a window of them at a time: read from an address on, looked at, changed and written back. Memory of a
 * box and media share it. It asks; the one who has the bytes decides.
 */
import { useState } from "react";
import { texts } from "../texts.ts";
import { type Caller, CallSlot, useCall } from "./call.tsx";
import { TextField } from "./Field.tsx";
import { HexView, type Tint } from "./HexView.tsx";
import { parseHex, parseNumber } from "./hex.ts";

export interface Source {
  label: string;
  /** Address or offset, and length, in bytes. */
  read(address: number, length: number): Promise<Uint8Array>;
  write(address: number, bytes: Uint8Array): Promise<void>;
}

export interface BytesState {
  source: Source;
  address: string;
  length: string;
  window: { base: number; bytes: Uint8Array } | null;
  changed: readonly Tint[];
  cursor: number | null;
  reading: Caller<Uint8Array>;
  set(change: { address?: string; length?: string; cursor?: number | null }): void;
  /** Reads from that address on; without one: what stands in the field. */
  readAt(address?: number): Promise<void>;
  written(address: number, bytes: Uint8Array): Promise<void>;
}

const asText = (address: number) => `0x${address.toString(16)}`;
const WORDS = texts.bytes;

/** `first`: the address that stands in the field at first. */
export function useBytes(source: Source, first: string, platform?: string): BytesState {
  const [address, setAddress] = useState(first);
  const [length, setLength] = useState("4096");
  const [window, setWindow] = useState<BytesState["window"]>(null);
  const [changed, setChanged] = useState<readonly Tint[]>([]);
  const [cursor, setCursor] = useState<number | null>(null);
  const reading = useCall<Uint8Array>(platform);
  const readAt = async (at?: number) => {
    const base = at ?? parseNumber(address);
    if (at !== undefined) setAddress(asText(at));
    const bytes = await reading.make(() => source.read(base, parseNumber(length)));
    setWindow(bytes ? { base, bytes } : null);
    setChanged([]);
    setCursor(bytes && bytes.length > 0 ? 0 : null);
  };
  const written = async (at: number, bytes: Uint8Array) => {
    if (!window) return;
    const again = await reading.make(() => source.read(window.base, window.bytes.length));
    if (!again) return;
    setWindow({ base: window.base, bytes: again });
    setChanged([...changed, { offset: at - window.base, length: bytes.length, tint: "changed" }]);
  };
  return {
    source,
    address,
    length,
    window,
    changed,
    cursor,
    reading,
    set: (change) => {
      if (change.address !== undefined) setAddress(change.address);
      if (change.length !== undefined) setLength(change.length);
      if (change.cursor !== undefined) setCursor(change.cursor);
    },
    readAt,
    written,
  };
}

function ReadBar({ state }: { state: BytesState }) {
  const { window, reading } = state;
  const step = (by: number) => {
    if (window) void state.readAt(Math.max(0, window.base + by * window.bytes.length));
  };
  return (
    <form
      className="bytes-bar"
      onSubmit={(event) => {
        event.preventDefault();
        void state.readAt();
      }}
    >
      <TextField label={WORDS.address} value={state.address} onChange={(address) => state.set({ address })} mono />
      <TextField label={WORDS.length} value={state.length} onChange={(length) => state.set({ length })} mono />
      <CallSlot
        caller={reading}
        label={WORDS.read}
        keep
        submit
        onCall={() => void state.readAt()}
        done={(bytes) => WORDS.wasRead(bytes.length)}
      />
      {window && (
        <span className="bytes-steps">
          <button type="button" className="chip" onClick={() => step(-1)}>
            {WORDS.before}
          </button>
          <button type="button" className="chip" onClick={() => step(1)}>
            {WORDS.after}
          </button>
        </span>
      )}
    </form>
  );
}

/** Digits are bytes; what stands in quotes is text. */
function bytesOf(text: string): Uint8Array {
  const quoted = /^\s*"([^"]*)"\s*$/.exec(text)?.[1];
  if (quoted !== undefined) return new TextEncoder().encode(quoted);
  const bytes = parseHex(text);
  if (!bytes) throw new Error(`bad-argument: ${JSON.stringify(text)} is neither hexadecimal digits nor text in quotes`);
  return bytes;
}

function WriteBar({ state, platform }: { state: BytesState; platform: string | undefined }) {
  const { window, cursor, source } = state;
  const [at, setAt] = useState<string | null>(null);
  const [text, setText] = useState("");
  const writing = useCall<number>(platform);
  const here = window && cursor !== null ? asText(window.base + cursor) : state.address;
  const address = at ?? here;
  const write = () =>
    void writing.make(async () => {
      const bytes = bytesOf(text);
      const where = parseNumber(address);
      await source.write(where, bytes);
      await state.written(where, bytes);
      return bytes.length;
    });
  return (
    <form
      className="bytes-bar write"
      onSubmit={(event) => {
        event.preventDefault();
        write();
      }}
    >
      <TextField label={WORDS.at} value={address} onChange={(value) => setAt(value === "" ? null : value)} mono />
      <TextField label={WORDS.bytes} value={text} onChange={setText} placeholder={WORDS.bytesHint} mono />
      <CallSlot
        caller={writing}
        label={WORDS.write}
        keep
        submit
        onCall={write}
        done={(length) => WORDS.wasWritten(length)}
      />
    </form>
  );
}

export function BytesPlace({ state, platform }: { state: BytesState; platform?: string }) {
  const { window, cursor, changed, source } = state;
  return (
    <div className="bytes-place">
      <ReadBar state={state} />
      {window ? (
        <HexView
          bytes={window.bytes}
          base={window.base}
          width={16}
          label={source.label}
          tints={changed}
          cursor={cursor}
          onCursor={(at) => state.set({ cursor: at })}
        />
      ) : (
        <div className="empty">{WORDS.nothing}</div>
      )}
      <WriteBar state={state} platform={platform} />
    </div>
  );
}
