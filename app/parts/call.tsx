/**
 * A call to the lab that a button makes: under way, done, or refused with its code, told in the place of the button. Nothing is
 * refused here: the one who is asked decides.
 */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { messageOf, shortenDigests, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { enterZoom } from "../page/page.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";

export type Call<Result> =
  | { state: "idle" }
  | { state: "busy" }
  | { state: "done"; result: Result }
  /** `message`: sequence number of the message that tells of the refusal, if there is one. */
  | { state: "refused"; code: string; text: string; message: number | null };

export interface Caller<Result> {
  call: Call<Result>;
  /** Makes the call; resolves to its result, or to undefined where it was refused. */
  make(action: () => Promise<Result>): Promise<Result | undefined>;
  reset(): void;
}

/** How long a refusal may take to become a message, ms. */
const PATIENCE = 500;

/** `platform`: the machine whose TVMM is asked by its owner, so that its refusal is found among the messages. */
export function useCall<Result>(platform?: string): Caller<Result> {
  const view = useView();
  const [call, setCall] = useState<Call<Result>>({ state: "idle" });
  const latest = useRef(0);
  const make = async (action: () => Promise<Result>) => {
    latest.current += 1;
    const mine = latest.current;
    const set = (next: Call<Result>) => {
      if (mine === latest.current) setCall(next);
    };
    const since = useFacts.getState().messages.at(-1)?.sequence;
    set({ state: "busy" });
    try {
      const result = await action();
      set({ state: "done", result });
      return result;
    } catch (thrown) {
      const error = splitError(messageOf(thrown));
      set({ state: "refused", ...error, message: null });
      const { lab } = view.terra;
      if (!lab || platform === undefined) return undefined;
      const filter = { outcome: "refused" as const, ...(since === undefined ? {} : { since }) };
      await lab.waitForMessage(filter, PATIENCE).catch(() => undefined);
      const told = (await lab.messages(filter)).findLast(({ from }) => from === `${platform}/owner`);
      if (told) set({ state: "refused", ...error, message: told.sequence });
      return undefined;
    }
  };
  const reset = () => {
    latest.current += 1;
    setCall({ state: "idle" });
  };
  return { call, make, reset };
}

/** The words of a refusal: the code, the sentence, and the way to its message. */
export function Refusal({ code, text, message }: { code: string; text: string; message?: number | null }) {
  return (
    <div className="refusal" role="status">
      <span className="outcome bad">
        <Mark kind="bad" />
        <strong>{code}</strong>
      </span>{" "}
      <span className="refusal-words">{shortenDigests(text)}</span>
      {message !== null && message !== undefined && (
        <button type="button" className="link-button" onClick={() => enterZoom({ kind: "message", sequence: message })}>
          {texts.call.message}
        </button>
      )}
    </div>
  );
}

interface SlotProps<Result> {
  caller: Caller<Result>;
  /** What the button says. */
  label: ReactNode;
  /** What is said once it is done. */
  done(result: Result): ReactNode;
  onCall(): void;
  strong?: boolean;
  submit?: boolean;
  /** The button stays, and the outcome stands beside it: for tools that are used again and again. */
  keep?: boolean;
}

/** The button, and in its place what came of it. */
export function CallSlot<Result>(props: SlotProps<Result>) {
  const { caller, label, done, onCall, strong = false, submit = false, keep = false } = props;
  const { call, reset } = caller;
  const slot = useRef<HTMLDivElement>(null);
  const focused = useRef(false);
  const over = call.state === "done" || call.state === "refused";
  const button = keep || !over;
  // A button that had the focus and is gone hands it to the one in its place.
  useEffect(() => {
    if (focused.current) slot.current?.querySelector<HTMLElement>(button ? ".call-button" : ".again")?.focus();
  }, [button]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only remembers whether the focus was in it
    <div
      className={keep ? "call-slot keep" : "call-slot"}
      ref={slot}
      onFocus={() => {
        focused.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget !== null) focused.current = false;
      }}
    >
      {button && (
        <button
          type={submit ? "submit" : "button"}
          className={strong ? "button strong call-button" : "button call-button"}
          aria-busy={call.state === "busy"}
          onClick={submit ? undefined : onCall}
        >
          {label}
          {call.state === "busy" && <span className="call-busy">{texts.call.busy}</span>}
        </button>
      )}
      {call.state === "done" && (
        <span className="call-done" role="status">
          <span className="outcome ok">
            <Mark kind="ok" />
          </span>
          <span>{done(call.result)}</span>
        </span>
      )}
      {call.state === "refused" && <Refusal {...call} />}
      {!button && (
        <button type="button" className="chip again" onClick={reset}>
          {texts.call.again}
        </button>
      )}
    </div>
  );
}
