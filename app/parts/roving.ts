/** One tab stop for many buttons: arrows go from one to the next and press it. */
import type { KeyboardEvent } from "react";

const MOVES: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

export function rove(event: KeyboardEvent<HTMLElement>, selector: string): void {
  const by = MOVES[event.key];
  if (by === undefined) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const next = all[all.findIndex((each) => each.contains(document.activeElement)) + by];
  next?.focus();
  next?.click();
  event.preventDefault();
}
