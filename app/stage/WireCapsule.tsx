/** Frames on a wire: a capsule when one really went, a number when many did at once. */
import { bytes, count } from "../facts/format.ts";
import { direction, type WireFacts } from "../facts/wires.ts";
import { texts } from "../texts.ts";
import { useCapsule } from "./burst.ts";

export function WireCapsule({ wire: { frames, last, ends } }: { wire: WireFacts }) {
  const going = last && { words: `${last.protocol}, ${bytes(last.size)}`, towards: direction(ends, last.from) };
  const shown = useCapsule(frames, going, (number) => texts.wire.frames(count(number)));
  if (!shown) return null;
  return (
    <span key={shown.key} className={`capsule ${shown.towards}`}>
      {shown.words}
    </span>
  );
}
