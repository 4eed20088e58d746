/** Messages as a list: time, from, to, kind, what, bytes, outcome. A row opens over stage and lens. */
import { memo, useRef } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { count, endName, seconds, shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Outcome } from "../icons/marks.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { rowId, useChoice } from "./choose.ts";
import { Failed } from "./Failed.tsx";
import { KindSign } from "./kinds.tsx";
import { failureOf } from "./rows.ts";
import { sourceOf } from "./sources.ts";

const ROW = 32;

interface RowProps {
  message: Message;
  index: number;
  chosen: boolean;
  machines: number;
}

const Row = memo(function Row({ message, index, chosen, machines }: RowProps) {
  const self = message.from === message.to;
  const failure = failureOf(message);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={rowId(message)}
      data-sequence={message.sequence}
      className={chosen ? "list-row chosen" : "list-row"}
      role="option"
      aria-selected={chosen}
      style={{ top: index * ROW }}
    >
      <span className="mono quiet">{seconds(message.time)}</span>
      <span className="list-end">{endName(message.from, machines, true)}</span>
      <span className="list-end">
        {self ? <span className="quiet">{texts.messages.itself}</span> : endName(message.to, machines, true)}
      </span>
      <span className="mono list-kind">
        <KindSign message={message} />
        {message.kind} <Spot at={`message:${message.kind}`} inline />
      </span>
      <span className="list-what" title={`${message.summary}\n${sourceOf(message)}`}>
        {failure ? <Failed failure={failure} /> : shortenDigests(message.summary)}
      </span>
      <span className="mono list-bytes">{message.bytes ? count(message.bytes.length) : ""}</span>
      <span>
        {message.outcome && <Outcome kind={message.outcome === "accepted" ? "ok" : "bad"}>{message.outcome}</Outcome>}
      </span>
    </div>
  );
});

export function MessageList({ messages }: { messages: readonly Message[] }) {
  const body = useRef<HTMLDivElement>(null);
  const { rows, index, list } = useChoice(messages, ROW, body);
  const machines = useFacts((facts) => facts.machines.length);
  return (
    <div className="list">
      <div className="list-head" aria-hidden="true">
        {texts.messages.columns.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <div className="list-body" ref={body} role="listbox" aria-label={texts.lenses.messages} {...list}>
        <div style={{ height: rows.height }} role="presentation">
          {messages.slice(rows.first, rows.last).map((message, offset) => (
            <Row
              key={message.sequence}
              message={message}
              index={rows.first + offset}
              chosen={rows.first + offset === index}
              machines={machines}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
