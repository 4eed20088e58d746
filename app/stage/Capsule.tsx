/** What goes over the line between a machine and the verifier: a capsule for each challenge and answer, and only then. */
import { useRef } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { bytes, count } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { texts } from "../texts.ts";
import { useCapsule } from "./burst.ts";

const onTheLine = (message: Message) =>
  message.from !== message.to && (message.from === "verifier" || message.to === "verifier");

/** Goes on from where it looked last: ten thousand messages are not looked through at each new one. */
function useOnTheLine(): { total: number; last: Message | null } {
  const messages = useFacts((facts) => facts.messages);
  const seen = useRef<{ messages: readonly Message[]; total: number; last: Message | null }>({
    messages: [],
    total: 0,
    last: null,
  });
  if (seen.current.messages !== messages) {
    const upTo = seen.current.messages.at(-1)?.sequence ?? 0;
    // Another lab counts from 1 again.
    const anew = (messages.at(-1)?.sequence ?? 0) < upTo;
    let { total, last } = anew ? { total: 0, last: null } : seen.current;
    let newest: Message | null = null;
    for (let at = messages.length - 1; at >= 0; at -= 1) {
      const message = messages[at];
      if (!message || (!anew && message.sequence <= upTo)) break;
      if (!onTheLine(message)) continue;
      newest ??= message;
      total += 1;
    }
    last = newest ?? last;
    seen.current = { messages, total, last };
  }
  return seen.current;
}

export function Capsule() {
  const { total, last } = useOnTheLine();
  const size = last?.bytes ? `, ${bytes(last.bytes.length)}` : "";
  const shown = useCapsule(
    total,
    last && { words: `${last.kind}${size}`, towards: last.from === "verifier" ? "leftward" : "rightward" },
    (number) => texts.messages.many(count(number)),
  );
  if (!shown) return null;
  return (
    <span key={shown.key} className={`capsule ${shown.towards}`}>
      {shown.words}
    </span>
  );
}
