/** Messages as a list: time, from, to, kind, what, bytes, outcome. A row opens over stage and lens. */
import { useRef } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { count, endName, seconds, shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Outcome } from "../icons/marks.tsx";
import { Spot } from "../parts/Spot.tsx";
import { useRows } from "../parts/virtual.ts";
import { texts } from "../texts.ts";
import { type Chosen, openMessage, rowId, useChosen } from "./choose.ts";
import { KindSign } from "./kinds.tsx";

const ROW = 32;

function Row({
  message,
  index,
  chosen,
  machines,
}: {
  message: Message;
  index: number;
  chosen: Chosen;
  machines: number;
}) {
  const self = message.from === message.to;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={rowId(message)}
      className={index === chosen.index ? "list-row chosen" : "list-row"}
      role="option"
      aria-selected={index === chosen.index}
      style={{ top: index * ROW }}
      onClick={() => {
        chosen.choose(index);
        openMessage(message.sequence);
      }}
    >
      <span className="mono quiet">{seconds(message.time)}</span>
      <span>{endName(message.from, machines, true)}</span>
      <span>{self ? <span className="quiet">{texts.messages.itself}</span> : endName(message.to, machines, true)}</span>
      <span className="mono list-kind">
        <KindSign kind={message.kind} />
        {message.kind} <Spot at={`message:${message.kind}`} inline />
      </span>
      <span className="list-what" title={message.summary}>
        {shortenDigests(message.summary)}
      </span>
      <span className="mono list-bytes">{message.bytes ? count(message.bytes.length) : ""}</span>
      <span>
        {message.outcome && <Outcome kind={message.outcome === "accepted" ? "ok" : "bad"}>{message.outcome}</Outcome>}
      </span>
    </div>
  );
}

export function MessageList({ messages }: { messages: readonly Message[] }) {
  const body = useRef<HTMLDivElement>(null);
  const rows = useRows(messages.length, ROW, body);
  const chosen = useChosen(messages, ROW, body);
  const machines = useFacts((facts) => facts.machines.length);
  const active = messages[chosen.index];
  return (
    <div className="list">
      <div className="list-head" aria-hidden="true">
        {texts.messages.columns.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <div
        className="list-body"
        ref={body}
        role="listbox"
        aria-label={texts.lenses.messages}
        tabIndex={0}
        aria-activedescendant={active ? rowId(active) : undefined}
        onKeyDown={chosen.onKeyDown}
      >
        <div style={{ height: rows.height }} role="presentation">
          {messages.slice(rows.first, rows.last).map((message, offset) => (
            <Row
              key={message.sequence}
              message={message}
              index={rows.first + offset}
              chosen={chosen}
              machines={machines}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
