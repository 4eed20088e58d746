/**
 * Find: a field over a list of all that fits, by the pattern "combobox with a listbox" of the WAI-ARIA practices. The focus stays in
 * the field, arrows choose, Enter goes there. It shows the way and decides nothing.
 */
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { create } from "zustand";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { Find as Glass } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { inBox } from "../parts/keyboard.ts";
import { texts } from "../texts.ts";
import { found, GROUPS, type Thing } from "./search.ts";
import { askParts, messageThings, thingsNow } from "./things.ts";

const WORDS = texts.find;
const MOST = 8;

const useFind = create<{ open: boolean }>(() => ({ open: false }));

const close = () => useFind.setState({ open: false });

/** Ctrl K, wherever no box has the keyboard. */
function useShortcut(): void {
  useEffect(() => {
    const listener = (event: KeyboardEventInit & Event) => {
      if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      if (inBox(event.target) || document.querySelector("dialog[open]:not(.find)")) return;
      event.preventDefault();
      // At once: what is typed next belongs into the field.
      flushSync(() => useFind.setState(({ open }) => ({ open: !open })));
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

/** In the top bar. */
export function FindButton() {
  return (
    <button
      type="button"
      className="find-button"
      aria-haspopup="dialog"
      onClick={() => useFind.setState({ open: true })}
    >
      <Glass />
      <span>{WORDS.title}</span>
      <span className="key">{WORDS.key}</span>
    </button>
  );
}

const optionId = (index: number) => `find-${index}`;

function Options({ things, at, onGo }: { things: readonly Thing[]; at: number; onGo(thing: Thing): void }) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is the reason to scroll
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, things]);
  return (
    <div className="find-list" id="find-list" role="listbox" aria-label={WORDS.results} ref={list}>
      {GROUPS.filter((group) => things.some((thing) => thing.group === group)).map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of a listbox's options
        <div key={group} role="group" aria-labelledby={`find-group-${group}`}>
          <div className="find-group" id={`find-group-${group}`} role="presentation">
            {WORDS.groups[group]}
          </div>
          {things.map((thing, index) =>
            thing.group === group ? (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field above has the focus
              <div
                key={thing.key}
                id={optionId(index)}
                className="find-option"
                role="option"
                aria-selected={index === at}
                onClick={() => onGo(thing)}
              >
                <span className="find-title">{thing.title}</span>
                <span className="find-detail">{thing.detail}</span>
              </div>
            ) : null,
          )}
        </div>
      ))}
    </div>
  );
}

function useThings(scenarios: readonly Scenario[], query: string): Thing[] {
  const view = useView();
  const now = useMemo(() => thingsNow(view, scenarios), [view, scenarios]);
  const [parts, setParts] = useState<readonly Thing[]>([]);
  useEffect(() => {
    let current = true;
    void askParts(view).then((answer) => {
      if (current) setParts(answer);
    });
    return () => {
      current = false;
    };
  }, [view]);
  return useMemo(() => [...found([...now, ...parts], query, MOST), ...messageThings(query, MOST)], [now, parts, query]);
}

function Dialog({ scenarios }: { scenarios: readonly Scenario[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const things = useThings(scenarios, query);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const chosen = Math.min(at, things.length - 1);
  const go = (thing: Thing | undefined) => {
    if (!thing) return;
    // The focus goes back to where it was, and from there to what was found.
    dialog.current?.close();
    thing.go();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The page behind it has keys of its own; the shortcut that opened it closes it.
    if (!(event.ctrlKey || event.metaKey)) event.stopPropagation();
    const page = 8;
    const steps: Record<string, number> = {
      ArrowDown: (chosen + 1) % Math.max(1, things.length),
      ArrowUp: (chosen - 1 + things.length) % Math.max(1, things.length),
      PageDown: Math.min(things.length - 1, chosen + page),
      PageUp: Math.max(0, chosen - page),
    };
    const next = steps[event.key];
    if (next !== undefined) setAt(next);
    else if (event.key === "Enter") go(things[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      className="find"
      ref={dialog}
      aria-label={WORDS.title}
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={onKeyDown}
    >
      <div className="find-box">
        <div className="find-field">
          <Glass />
          <input
            type="text"
            role="combobox"
            aria-label={WORDS.field}
            aria-expanded={things.length > 0}
            aria-controls="find-list"
            aria-autocomplete="list"
            aria-activedescendant={things.length > 0 ? optionId(chosen) : undefined}
            placeholder={WORDS.field}
            value={query}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setQuery(event.currentTarget.value);
              setAt(0);
            }}
          />
          <span className="key" aria-hidden="true">
            Esc
          </span>
        </div>
        {things.length > 0 ? (
          <Options things={things} at={chosen} onGo={go} />
        ) : (
          <p className="find-none">{WORDS.none(query.trim())}</p>
        )}
        <p className="visually-hidden" role="status">
          {WORDS.number(things.length)}
        </p>
      </div>
    </dialog>
  );
}

export function Find({ scenarios }: { scenarios: readonly Scenario[] }) {
  useShortcut();
  const open = useFind((state) => state.open);
  return open ? <Dialog scenarios={scenarios} /> : null;
}
