/** A frame on a wire: a capsule when one really went, a number when many did at once. Nothing moves without a frame. */
import { useEffect, useRef, useState } from "react";
import { bytes, count } from "../facts/format.ts";
import { direction, type WireFacts } from "../facts/wires.ts";
import { texts } from "../texts.ts";

/** Over so many frames within this time become one capsule. */
const BURST = 8;
const BURST_MS = 240;
/** How long a capsule stays readable where it arrived. */
const STAYS_MS = 2000;

export function WireCapsule({ wire }: { wire: WireFacts }) {
  const { frames, last } = wire;
  const [shown, setShown] = useState<{ key: number; words: string; towards: string } | null>(null);
  // What went over before the stage was drawn is over.
  const before = useRef(frames);
  const burst = useRef({ frames, since: Number.NEGATIVE_INFINITY });
  const ends = useRef(wire.ends);
  useEffect(() => {
    if (!last || frames <= before.current) return;
    const now = performance.now();
    if (now - burst.current.since > BURST_MS) burst.current = { frames: before.current, since: now };
    before.current = frames;
    const many = frames - burst.current.frames;
    setShown({
      key: burst.current.since,
      words: many > BURST ? texts.wire.frames(count(many)) : `${last.protocol}, ${bytes(last.size)}`,
      towards: direction(ends.current, last.from),
    });
    const timer = setTimeout(() => setShown(null), STAYS_MS);
    return () => clearTimeout(timer);
  }, [frames, last]);
  if (!shown) return null;
  return (
    <span key={shown.key} className={`capsule ${shown.towards}`}>
      {shown.words}
    </span>
  );
}
