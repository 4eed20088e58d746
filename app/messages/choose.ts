/** One tab stop for all rows: arrows choose, Enter opens. */
import { type KeyboardEvent, type RefObject, useState } from "react";
import type { Message } from "../../engine/lab/api.ts";
import { enterZoom } from "../page/page.ts";

export interface Chosen {
  index: number;
  onKeyDown(event: KeyboardEvent): void;
  choose(index: number): void;
}

export const rowId = (message: Message) => `message-${message.sequence}`;

export function openMessage(sequence: number): void {
  enterZoom({ kind: "message", sequence });
}

export function useChosen(
  messages: readonly Message[],
  rowHeight: number,
  container: RefObject<HTMLElement | null>,
): Chosen {
  const [index, setIndex] = useState(-1);
  const choose = (next: number) => {
    const bounded = Math.min(messages.length - 1, Math.max(0, next));
    setIndex(bounded);
    const element = container.current;
    if (!element) return;
    const top = bounded * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const below = top + rowHeight - element.clientHeight;
    if (below > element.scrollTop) element.scrollTop = below;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + 10,
      PageUp: index - 10,
      Home: 0,
      End: messages.length - 1,
    };
    const next = steps[event.key];
    const message = messages[index];
    if (next !== undefined) choose(next);
    else if (event.key === "Enter" && message) openMessage(message.sequence);
    else return;
    event.preventDefault();
  };
  return { index, onKeyDown, choose };
}
