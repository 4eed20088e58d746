/** The teacher's paragraphs: plain text in which [1] stands for the marker of that number and *word* for stress. */
import { Fragment } from "react";
import { TextMarker } from "./Spot.tsx";

/** A marker takes along the sign that ends a sentence or clause behind it: neither begins a line. */
const PART = /(\[\d\][.,;:!?]?|\*[^*\s][^*]*\*)/;

function part(text: string, key: number) {
  const [, marker, sign] = /^\[(\d)\](.?)$/.exec(text) ?? [];
  if (marker !== undefined)
    return (
      <span key={key} className="with-marker">
        <TextMarker number={Number(marker)} />
        {sign}
      </span>
    );
  const stressed = /^\*([^*]+)\*$/.exec(text)?.[1];
  if (stressed !== undefined) return <em key={key}>{stressed}</em>;
  return <Fragment key={key}>{text}</Fragment>;
}

export function Prose({ paragraphs }: { paragraphs: readonly string[] }) {
  return (
    <div className="prose">
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs of a step never change
        <p key={index}>{paragraph.split(PART).map(part)}</p>
      ))}
    </div>
  );
}
