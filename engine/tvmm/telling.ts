/**
 * The record of what was asked of the machine: each call that changes something, or is refused, becomes a message from whoever
 * asked. A refusal that protects a closed box is an inspection that failed, whatever call it was.
 */
import { toWireError } from "../protocol/errors.ts";
import type { Messages } from "./messages.ts";

export interface Call<Result> {
  kind: "management" | "power" | "inspection";
  /** The call and its arguments, as a person reads them. Never bytes. */
  what: string;
  /** Name of the VM that it is about, if there is one. */
  box?: string | undefined;
  /** What is added once the call is done. */
  result?(value: Result): string;
  /** Asked once it is done: is it not worth a message? */
  quiet?(): boolean;
}

export type Told = <Result>(call: Call<Result>, act: () => Promise<Result> | Result) => Promise<Result>;

/** `from`: "owner", or the management box's name. */
export function telling(messages: Messages, from: string): Told {
  return async ({ kind, what, box, result, quiet }, act) => {
    const to = kind === "management" ? "tvmm" : (box ?? "tvmm");
    try {
      const value = await act();
      if (!quiet?.()) messages.tell({ from, to, kind, outcome: "accepted", summary: what + (result?.(value) ?? "") });
      return value;
    } catch (thrown) {
      const { code, sentence } = toWireError(thrown);
      const summary = `${what}: ${code}: ${sentence}`;
      const protects = code === "closed-box" && box !== undefined;
      messages.tell({
        from,
        outcome: "refused",
        summary,
        ...(protects ? { kind: "inspection", to: box } : { kind, to }),
      });
      throw thrown;
    }
  };
}
