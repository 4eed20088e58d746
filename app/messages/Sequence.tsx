/** Messages as a sequence that hangs from the machines: each box's lifeline falls from the box above it. */
import { memo, useMemo, useRef } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { endName, seconds } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { Spot } from "../parts/Spot.tsx";
import { useAnchors } from "../stage/anchors.ts";
import { texts } from "../texts.ts";
import { rowId, useChoice } from "./choose.ts";
import { Failed } from "./Failed.tsx";
import { KindSign } from "./kinds.tsx";
import { type Lifeline, lifelines, placeOf } from "./lifelines.ts";
import { failureOf, words } from "./rows.ts";

const ROW = 30;
const LINE_Y = 24;

interface RowProps {
  message: Message;
  index: number;
  chosen: boolean;
  width: number;
  /** Where its ends' lifelines are; undefined: drawn nowhere. */
  from: number | undefined;
  to: number | undefined;
}

function Label({ message }: { message: Message }) {
  // What the owner may do anyway needs no mark; a verdict and a refusal do.
  const { head, rest } = words(message);
  const failure = failureOf(message);
  const marked = message.outcome === "refused" || (message.outcome !== undefined && message.kind === "appraisal");
  return (
    <>
      {marked && (
        <span className={message.outcome === "accepted" ? "outcome ok" : "outcome bad"}>
          <Mark kind={message.outcome === "accepted" ? "ok" : "bad"} />
        </span>
      )}
      <KindSign message={message} />
      <strong>{head}</strong> {failure ? <Failed failure={failure} /> : <span className="quiet">{rest}</span>}
      {message.outcome && !failure && <span className="visually-hidden">, {message.outcome}</span>}
      <Spot at={`message:${message.kind}`} inline />
    </>
  );
}

const Row = memo(function Row({ message, index, chosen, width, from, to }: RowProps) {
  const self = message.from === message.to || from === undefined || to === undefined;
  const start = from ?? to ?? 80;
  const left = self ? start : Math.min(from, to);
  const right = self ? start : Math.max(from, to);
  // A note at the last lifeline would run out of the window: it then stands left of its dot.
  const leftward = self && start > width * 0.6;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={rowId(message)}
      data-sequence={message.sequence}
      className={chosen ? "sequence-row chosen" : "sequence-row"}
      role="option"
      aria-selected={chosen}
      style={{ top: index * ROW, height: ROW }}
    >
      <span className="sequence-time">{seconds(message.time)}</span>
      <svg className="sequence-line" width={width} height={ROW} aria-hidden="true">
        {self ? (
          <circle className="hollow" cx={start} cy={15} r="4" />
        ) : (
          <>
            <path className="arrow" d={`M${from} ${LINE_Y}H${to > from ? to - 6 : to + 6}`} />
            <circle cx={from} cy={LINE_Y} r="3" />
            <path d={to > from ? `M${to} ${LINE_Y}l-8 -4v8z` : `M${to} ${LINE_Y}l8 -4v8z`} />
          </>
        )}
      </svg>
      <span
        className={self ? "sequence-label self" : "sequence-label"}
        style={
          leftward
            ? { right: width - start + 12, maxWidth: start - 92 }
            : { left: left + 14, maxWidth: Math.max(right - left - 28, width - left - 40) }
        }
      >
        <Label message={message} />
      </span>
    </div>
  );
});

/** They stand still while rows move: a line as long as ten thousand rows need not be drawn. */
function Lifelines({ lines }: { lines: readonly Lifeline[] }) {
  return (
    <div className="lifelines" aria-hidden="true">
      {lines.map(({ end, x, dotted }) => (
        <span key={end} className={dotted ? "lifeline dotted" : "lifeline"} style={{ left: x }} />
      ))}
    </div>
  );
}

/** Who speaks or is spoken to; the same set for as long as nobody new does. */
function useEnds(messages: readonly Message[]): ReadonlySet<string> {
  const known = useRef<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const ends = new Set<string>();
    for (const { from, to } of messages) ends.add(from).add(to);
    if (ends.size !== known.current.size || [...ends].some((end) => !known.current.has(end))) known.current = ends;
    return known.current;
  }, [messages]);
}

export function Sequence({ messages }: { messages: readonly Message[] }) {
  const body = useRef<HTMLDivElement>(null);
  const { rows, index, list } = useChoice(messages, ROW, body);
  const { anchors, width } = useAnchors();
  const machines = useFacts((facts) => facts.machines.length);
  const ends = useEnds(messages);
  const lines = useMemo(() => lifelines(anchors, ends, width), [anchors, ends, width]);
  return (
    <div className="sequence">
      <div className="sequence-head" aria-hidden="true">
        {lines.map(({ end, x }) => (
          <span key={end} style={{ left: x }}>
            {end.endsWith("/owner") ? endName(end) : endName(end, machines)}
          </span>
        ))}
      </div>
      <div className="sequence-place">
        <Lifelines lines={lines} />
        <div className="sequence-body" ref={body} role="listbox" aria-label={texts.lenses.messages} {...list}>
          <div className="sequence-rows" role="presentation" style={{ height: rows.height }}>
            {messages.slice(rows.first, rows.last).map((message, offset) => (
              <Row
                key={message.sequence}
                message={message}
                index={rows.first + offset}
                chosen={rows.first + offset === index}
                width={width}
                from={placeOf(message.from, lines, anchors)}
                to={placeOf(message.to, lines, anchors)}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
