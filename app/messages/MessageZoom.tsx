/**
 * Zoom: one message in the place of stage and lens. What it is and its fields on the left, its bytes on the right, below the
 * commands that show the same elsewhere; J and K go on.
 */
import { useEffect, useMemo, useState } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { bytes, endName, seconds, shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Save } from "../icons/icons.tsx";
import { Outcome } from "../icons/marks.tsx";
import { useLetters } from "../page/letters.ts";
import { chooseLens } from "../page/page.ts";
import { Command } from "../parts/Command.tsx";
import { typing } from "../parts/keyboard.ts";
import { saveFile } from "../parts/save.ts";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { FieldsView } from "../wire/FrameView.tsx";
import { type Document, documentsOf, noteCommands } from "./documents.ts";
import { KindSign } from "./kinds.tsx";
import { asText, filtered, indexOf } from "./rows.ts";
import { sourceOf } from "./sources.ts";
import { openMessage, useMessagesView } from "./view.ts";

const WORDS = texts.messages.documents;

const go = (message: Message | undefined) => {
  if (message) openMessage(message.sequence);
};

function useNeighbours(previous: Message | undefined, next: Message | undefined): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (typing(event.target) || !useLetters.getState().on) return;
      if (event.key === "j") go(next);
      else if (event.key === "k") go(previous);
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [previous, next]);
}

/** What it says, and what came of it. */
function Summary({ message, error }: { message: Message; error?: string | undefined }) {
  const { outcome, summary } = message;
  // The outcome is said once.
  const said =
    outcome !== undefined && summary.startsWith(`${outcome}: `) ? summary.slice(outcome.length + 2) : summary;
  return (
    <div className="about">
      <p>
        {message.outcome && <Outcome kind={message.outcome === "accepted" ? "ok" : "bad"}>{message.outcome}</Outcome>}{" "}
        <span title={summary}>{shortenDigests(said)}</span>
      </p>
      <p className="about-source">{sourceOf(message)}</p>
      {error !== undefined && (
        <p>
          {WORDS.unreadable} {shortenDigests(error)}
        </p>
      )}
    </div>
  );
}

/** Why there are messages of its kind. */
function Why({ kind }: { kind: string }) {
  const sentence = texts.messages.kinds[kind];
  return sentence === undefined ? null : <p className="about-why">{sentence}</p>;
}

function Content({ message, shown, text }: { message: Message; shown: Document; text: boolean }) {
  const summary = <Summary message={message} error={shown.error} />;
  const why = <Why kind={message.kind} />;
  if (text) {
    return (
      <div className="frame-view">
        <div className="frame-side">
          {summary}
          {why}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer */}
        <pre className="zoom-text" tabIndex={0}>
          {asText(shown.bytes)}
        </pre>
      </div>
    );
  }
  return (
    <FieldsView
      bytes={shown.bytes}
      width={shown.named ? 24 : 16}
      layers={shown.fields}
      named={shown.named}
      label={texts.messages.hexOf}
      head={summary}
      tail={why}
    />
  );
}

/** A message that has no bytes: who said what to whom, in a table. */
function Noted({ message, machines }: { message: Message; machines: number }) {
  const names = texts.messages.fields;
  return (
    <div className="noted">
      <Summary message={message} />
      <Why kind={message.kind} />
      <dl>
        <dt>{names.kind}</dt>
        <dd className="mono list-kind">
          <KindSign message={message} />
          {message.kind}
        </dd>
        <dt>{names.from}</dt>
        <dd>{endName(message.from, machines, true)}</dd>
        <dt>{names.to}</dt>
        <dd>{message.from === message.to ? texts.messages.itself : endName(message.to, machines, true)}</dd>
        <dt>{names.time}</dt>
        <dd className="mono">
          {seconds(message.time)} {texts.messages.seconds}
        </dd>
      </dl>
      <p className="quiet">{message.bytes ? texts.messages.nothing : texts.messages.noBytes}</p>
    </div>
  );
}

function Documents({
  documents,
  at,
  text,
  onChoose,
}: {
  documents: readonly Document[];
  at: number;
  /** null: it is no text. */
  text: boolean | null;
  onChoose(at: number, text: boolean): void;
}) {
  if (documents.length === 1 && text === null) return null;
  return (
    <fieldset className="zoom-forms" aria-label={WORDS.label}>
      {documents.length > 1 &&
        documents.map(({ title }, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a message's documents never change
            key={index}
            type="button"
            className="chip"
            aria-pressed={index === at}
            onClick={() => onChoose(index, false)}
          >
            {title}
          </button>
        ))}
      {text !== null && (
        <button type="button" className="chip" aria-pressed={text} onClick={() => onChoose(at, !text)}>
          {texts.messages.textOf}
        </button>
      )}
    </fieldset>
  );
}

function Opened({ message, machines }: { message: Message; machines: number }) {
  const documents = useMemo(() => documentsOf(message), [message]);
  const [chosen, setChosen] = useState({ at: 0, text: false });
  const shown = documents[chosen.at];
  const commands = shown ? shown.commands : noteCommands(message);
  const isText = shown !== undefined && asText(shown.bytes) !== null;
  return (
    <>
      <div className="zoom-body">
        {shown ? (
          <>
            <Documents
              documents={documents}
              at={chosen.at}
              text={isText ? chosen.text : null}
              onChoose={(at, text) => setChosen({ at, text })}
            />
            <Content key={chosen.at} message={message} shown={shown} text={isText && chosen.text} />
          </>
        ) : (
          <Noted message={message} machines={machines} />
        )}
      </div>
      {commands.length > 0 && (
        <footer className="zoom-foot">
          <span className="heading">{texts.messages.confirm}</span>
          {shown ? (
            <button type="button" className="chip" onClick={() => saveFile(shown.file.name, shown.file.bytes)}>
              <Save />
              {shown.file.name}
            </button>
          ) : (
            <span className="quiet">{texts.messages.confirmNoted}</span>
          )}
          <div className="commands">
            {commands.map(({ line, output }) => (
              <Command key={line} line={line} output={output} whole />
            ))}
          </div>
        </footer>
      )}
    </>
  );
}

export function MessageZoom({ sequence }: { sequence: number }) {
  const all = useFacts((facts) => facts.messages);
  const view = useMessagesView();
  const machines = useFacts((facts) => facts.machines.length);
  const { kind, end, outcome, text } = view;
  const fitting = useMemo(() => filtered(all, { kind, end, outcome, text }), [all, kind, end, outcome, text]);
  // One that was opened by a link need not fit what the lens shows.
  const messages = indexOf(fitting, sequence) < 0 ? all : fitting;
  const index = indexOf(messages, sequence);
  const message = messages[index];
  const previous = messages[index - 1];
  const next = messages[index + 1];
  useNeighbours(previous, next);
  if (!message) return <div className="empty">{texts.messages.gone}</div>;
  const to = message.from === message.to ? texts.messages.itself : endName(message.to, machines, true);
  const size = message.bytes ? `, ${bytes(message.bytes.length)}` : "";
  return (
    <>
      <ZoomHead
        crumbs={[{ words: texts.messages.crumbs, go: () => chooseLens("messages") }]}
        title={message.kind}
        what={`${endName(message.from, machines, true)} → ${to}, ${seconds(message.time)} s${size}`}
      >
        <span className="quiet">{texts.messages.position(index + 1, messages.length)}</span>
        <button type="button" className="chip" disabled={!previous} onClick={() => go(previous)}>
          {texts.messages.previous} <span className="key">K</span>
        </button>
        <button type="button" className="chip" disabled={!next} onClick={() => go(next)}>
          {texts.messages.next} <span className="key">J</span>
        </button>
      </ZoomHead>
      <Opened key={message.sequence} message={message} machines={machines} />
    </>
  );
}
