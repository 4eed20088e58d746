/** Arrows on the stage go from box to box along the drawing. */
import type { KeyboardEvent } from "react";

export function moveBetweenBoxes(event: KeyboardEvent<HTMLElement>): void {
  const by =
    event.key === "ArrowRight" || event.key === "ArrowDown"
      ? 1
      : event.key === "ArrowLeft" || event.key === "ArrowUp"
        ? -1
        : 0;
  if (by === 0) return;
  const heads = [...event.currentTarget.querySelectorAll<HTMLElement>(".box-open")];
  const at = heads.indexOf(document.activeElement as HTMLElement);
  heads[(at + by + heads.length) % heads.length]?.focus();
  event.preventDefault();
}
