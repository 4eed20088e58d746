/**
 * Long lists: only the rows in sight are drawn. All rows have one height. A list that
 * grows stays at its end while it is there, and one that loses rows at its front stays with what is in sight.
 */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

export interface Rows {
  first: number;
  /** Exclusive. */
  last: number;
  /** Height of all rows, in pixels. */
  height: number;
  /** Is the last row in sight? */
  atEnd: boolean;
}

interface Options {
  /** Row that is in sight at first; left out or below 0: as `from` says. */
  at?: number;
  /** Rows that the list has lost at its front. */
  dropped?: number;
}

interface Window {
  /** The first row in sight. */
  row: number;
  height: number;
  atEnd: boolean;
}

const MARGIN = 6;

const same = (a: Window, b: Window) => a.row === b.row && a.height === b.height && a.atEnd === b.atEnd;

export function useRows(
  count: number,
  rowHeight: number,
  container: RefObject<HTMLElement | null>,
  from: "start" | "end" = "end",
  { at = -1, dropped = 0 }: Options = {},
): Rows {
  const [window, setWindow] = useState<Window>({ row: 0, height: 0, atEnd: from === "end" && at < 0 });
  const follows = useRef(from === "end" && at < 0);
  const begin = useRef(at);
  const gone = useRef(dropped);
  useLayoutEffect(() => {
    const element = container.current;
    if (!element) return;
    const look = () => {
      const { scrollTop, clientHeight, scrollHeight } = element;
      const atEnd = scrollTop + clientHeight >= scrollHeight - rowHeight;
      follows.current = from === "end" && atEnd;
      const next = { row: Math.floor(scrollTop / rowHeight), height: clientHeight, atEnd };
      setWindow((before) => (same(before, next) ? before : next));
    };
    const resized = () => {
      if (follows.current) element.scrollTop = element.scrollHeight;
      look();
    };
    if (begin.current >= 0) element.scrollTop = (begin.current + 0.5) * rowHeight - element.clientHeight / 2;
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(resized);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [container, rowHeight, from]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row is the reason to move
  useLayoutEffect(() => {
    const element = container.current;
    if (!element) return;
    if (follows.current) element.scrollTop = element.scrollHeight;
    else if (dropped > gone.current) element.scrollTop -= (dropped - gone.current) * rowHeight;
    gone.current = dropped;
  }, [count, dropped, container]);
  const first = Math.max(0, window.row - MARGIN);
  const last = Math.min(count, window.row + Math.ceil(window.height / rowHeight) + 1 + MARGIN);
  return { first, last, height: count * rowHeight, atEnd: window.atEnd };
}

/** Scrolls just so far that the row is in sight. */
export function reveal(element: HTMLElement | null, row: number, rowHeight: number): void {
  if (!element) return;
  const top = row * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  const below = top + rowHeight - element.clientHeight;
  if (below > element.scrollTop) element.scrollTop = below;
}
