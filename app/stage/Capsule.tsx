/** What goes over the line between a machine and the verifier: a capsule for each challenge and answer, and only then. */
import { useEffect, useState } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { bytes } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";

const onTheLine = (message: Message) =>
  message.from !== message.to && (message.from === "verifier" || message.to === "verifier");

/** How long a capsule stays readable where it arrived. */
const STAYS_MS = 2500;

export function Capsule() {
  const last = useFacts((facts) => facts.messages.findLast(onTheLine));
  // What went over before the stage was drawn is over.
  const [gone, setGone] = useState<number>(last?.sequence ?? -1);
  const sequence = last?.sequence;
  useEffect(() => {
    if (sequence === undefined) return;
    const timer = setTimeout(() => setGone(sequence), STAYS_MS);
    return () => clearTimeout(timer);
  }, [sequence]);
  if (!last || last.sequence === gone) return null;
  const size = last.bytes ? `, ${bytes(last.bytes.length)}` : "";
  return (
    <span key={last.sequence} className={last.from === "verifier" ? "capsule leftward" : "capsule rightward"}>
      {last.kind}
      {size}
    </span>
  );
}
