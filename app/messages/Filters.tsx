/** Which messages are shown: kinds as chips with their numbers, whose they are, what came of them, and what stands in them. */
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import type { Message } from "../../engine/lab/api.ts";
import { count, endName } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Find } from "../icons/icons.tsx";
import { useLetters } from "../page/letters.ts";
import { typing } from "../parts/keyboard.ts";
import { texts } from "../texts.ts";
import { type Counts, counts } from "./rows.ts";
import { type MessagesView, useMessagesView } from "./view.ts";

const WORDS = texts.messages.filter;
const ARROWS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const set = (change: Partial<MessagesView>) => useMessagesView.setState(change);

function Kinds({ all, kinds }: { all: number; kinds: Counts["kinds"] }) {
  const kind = useMessagesView((view) => view.kind);
  const group = useRef<HTMLDivElement>(null);
  const choices: (readonly [string | null, number])[] = [[null, all], ...kinds];
  // One that has no message any more is still what is asked for.
  if (kind !== null && !kinds.some(([name]) => name === kind)) choices.push([kind, 0]);
  const at = choices.findIndex(([name]) => name === kind);
  const move = (event: KeyboardEvent) => {
    const by = ARROWS[event.key];
    if (by === undefined) return;
    const next = (at + by + choices.length) % choices.length;
    set({ kind: choices[next]?.[0] ?? null });
    group.current?.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
    event.preventDefault();
  };
  return (
    <div
      className="filter-kinds"
      role="radiogroup"
      aria-label={texts.messages.fields.kind}
      ref={group}
      onKeyDown={move}
    >
      {choices.map(([name, number]) => (
        // biome-ignore lint/a11y/useSemanticElements: a chip is a button to the eye and one of a group to the ear
        <button
          key={name ?? ""}
          type="button"
          role="radio"
          className="chip"
          aria-checked={name === kind}
          tabIndex={name === kind ? 0 : -1}
          onClick={() => set({ kind: name })}
        >
          {name ?? WORDS.everything} <span className="filter-count">{count(number)}</span>
        </button>
      ))}
    </div>
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | null;
  options: readonly (readonly [value: string, words: string])[];
  onChange(value: string | null): void;
}) {
  return (
    <label className={value === null ? "chip select-chip" : "chip select-chip active"}>
      <span className="visually-hidden">{label}</span>
      <select value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || null)}>
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Puts the cursor where the filter's text is written, from wherever "/" is pressed. */
function useSlash(): void {
  useEffect(() => {
    const listener = (event: KeyboardEventInit & Event) => {
      if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (typing(event.target) || !useLetters.getState().on) return;
      event.preventDefault();
      // At once: what is typed next belongs into the field.
      flushSync(() => set({ filtering: true }));
      document.querySelector<HTMLElement>(".filter-text input")?.focus();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

function toRows(): void {
  document.querySelector<HTMLElement>('[data-return="messages"]')?.focus();
}

function TextField() {
  const text = useMessagesView((view) => view.text);
  return (
    <label className="filter-text">
      <Find />
      <span className="visually-hidden">{WORDS.text}</span>
      <input
        type="text"
        value={text}
        placeholder={WORDS.text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => set({ text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === "ArrowDown") toRows();
          else if (event.key === "Escape") {
            if (text === "") toRows();
            else set({ text: "" });
          } else return;
          event.preventDefault();
        }}
      />
      <span className="key" aria-hidden="true">
        /
      </span>
    </label>
  );
}

/** In the list they are always there; over the sequence once they are asked for. */
export function Filters({ messages }: { messages: readonly Message[] }) {
  useSlash();
  const { form, filtering } = useMessagesView();
  return form === "list" || filtering ? <Controls messages={messages} /> : null;
}

function Controls({ messages }: { messages: readonly Message[] }) {
  const { end, outcome } = useMessagesView();
  const machines = useFacts((facts) => facts.machines.length);
  const { kinds, ends, accepted, refused } = useMemo(() => counts(messages), [messages]);
  const known = end !== null && !ends.some(([name]) => name === end) ? [...ends, [end, 0] as const] : ends;
  return (
    <search className="filters" aria-label={WORDS.label}>
      <Kinds all={messages.length} kinds={kinds} />
      <Choice
        label={WORDS.end}
        value={end}
        onChange={(next) => set({ end: next })}
        options={[
          ["", WORDS.anyEnd],
          ...known.map(([name, number]) => [name, `${endName(name, machines, true)} ${count(number)}`] as const),
        ]}
      />
      <Choice
        label={texts.messages.fields.outcome}
        value={outcome}
        onChange={(next) => set({ outcome: next === "accepted" || next === "refused" ? next : null })}
        options={[
          ["", WORDS.anyOutcome],
          ["accepted", `${texts.messages.accepted} ${count(accepted)}`],
          ["refused", `${texts.messages.refused} ${count(refused)}`],
        ]}
      />
      <TextField />
    </search>
  );
}
