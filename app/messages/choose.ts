/** One tab stop for all rows: arrows select, Enter opens, a click does both. The selection outlives the view. */
import { type KeyboardEvent, type MouseEvent, type RefObject, useRef } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { type Rows, reveal, useRows } from "../parts/virtual.ts";
import { indexOf, lost } from "./rows.ts";
import { openMessage, useMessagesView } from "./view.ts";

export interface Choice {
  rows: Rows;
  /** -1: the selected one is not among these. */
  index: number;
  /** Of the element around all rows. */
  list: {
    tabIndex: 0;
    "data-return": string;
    "aria-activedescendant": string | undefined;
    onKeyDown(event: KeyboardEvent): void;
    onClick(event: MouseEvent): void;
  };
}

export const rowId = (message: Message) => `message-${message.sequence}`;

/** How many messages these were before the oldest gave way, minus those that are still there. */
function useDropped(messages: readonly Message[]): number {
  const seen = useRef({ messages, dropped: 0 });
  if (seen.current.messages !== messages) {
    seen.current = { messages, dropped: seen.current.dropped + lost(seen.current.messages, messages) };
  }
  return seen.current.dropped;
}

export function useChoice(
  messages: readonly Message[],
  rowHeight: number,
  container: RefObject<HTMLElement | null>,
): Choice {
  const selected = useMessagesView((view) => view.selected);
  const index = indexOf(messages, selected);
  const dropped = useDropped(messages);
  const rows = useRows(messages.length, rowHeight, container, "end", { at: index, dropped });
  const select = (next: number) => {
    const bounded = Math.min(messages.length - 1, Math.max(0, next));
    useMessagesView.setState({ selected: messages[bounded]?.sequence ?? null });
    reveal(container.current, bounded, rowHeight);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((container.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      // With none selected yet: the newest.
      ArrowUp: index < 0 ? messages.length - 1 : index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: messages.length - 1,
    };
    const next = steps[event.key];
    const message = messages[index];
    if (next !== undefined) select(next);
    else if (event.key === "Enter" && message) openMessage(message.sequence);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-sequence]") : null;
    if (row) openMessage(Number(row.dataset.sequence));
  };
  const active = messages[index];
  const drawn = index >= rows.first && index < rows.last;
  return {
    rows,
    index,
    list: {
      tabIndex: 0,
      "data-return": "messages",
      "aria-activedescendant": active && drawn ? rowId(active) : undefined,
      onKeyDown,
      onClick,
    },
  };
}
