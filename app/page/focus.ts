/** Where somebody works, and what is in sight: asked of the document, which only drawing changes. */
import { typing } from "../parts/keyboard.ts";

/** Is somebody typing in the lens, in a zoom or beside them? */
export function worksInView(): boolean {
  if (typeof document === "undefined") return false;
  const { activeElement } = document;
  return typing(activeElement) && activeElement?.closest("[data-region=lens], [data-region=right]") !== null;
}

/** In a wide window some lenses stand in a column of their own, always there. */
export function beside(lens: string): HTMLElement | null {
  return typeof document === "undefined" ? null : document.querySelector<HTMLElement>(`[data-beside="${lens}"]`);
}
