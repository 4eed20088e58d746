/**
 * Long lists: only the rows in sight are drawn. All rows have one height. A list that
 * grows stays at its end while it is there.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

export interface Rows {
  first: number;
  /** Exclusive. */
  last: number;
  /** Height of all rows, in pixels. */
  height: number;
}

const MARGIN = 6;

export function useRows(
  count: number,
  rowHeight: number,
  container: RefObject<HTMLElement | null>,
  from: "start" | "end" = "end",
): Rows {
  const [window, setWindow] = useState({ top: 0, height: 0 });
  const atEnd = useRef(from === "end");
  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const look = () => {
      atEnd.current = from === "end" && element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
      setWindow({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    atEnd.current = from === "end";
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [container, rowHeight, from]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row is the reason to move
  useLayoutEffect(() => {
    const element = container.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [count, container]);
  const first = Math.max(0, Math.floor(window.top / rowHeight) - MARGIN);
  const last = Math.min(count, Math.ceil((window.top + window.height) / rowHeight) + MARGIN);
  return { first, last, height: count * rowHeight };
}
