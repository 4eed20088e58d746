/**
 * The page's own keys. Single letters act only outside text fields, consoles and the monitor: a box with the keyboard gets
 * every key but the attention key, which its surface handles itself.
 */
import { useEffect } from "react";
import { nextStep, pause, play, restart, useLesson } from "../lesson/lesson.ts";
import { chooseLens, LENSES, leaveZoom, moveDetent, toggleMonitor, usePage } from "../page/page.ts";

/** Does a box get the keys? */
function inBox(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("[data-keyboard], .xterm") !== null;
}

function typing(target: EventTarget | null): boolean {
  return inBox(target) || (target instanceof HTMLElement && target.closest("input, textarea, select") !== null);
}

function otherRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + by + regions.length) % regions.length];
  next?.focus();
}

function act(event: KeyboardEvent): boolean {
  if (event.key === "F6") {
    otherRegion(event.shiftKey ? -1 : 1);
    return true;
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const page = usePage.getState();
  if (event.key === "Escape" && !inBox(event.target) && !page.limits && page.zooms.length > 0) {
    leaveZoom();
    return true;
  }
  if (typing(event.target)) return false;
  const lens = LENSES[Number(event.key) - 1];
  if (/^[1-5]$/.test(event.key) && lens) {
    // In a wide window two lenses stand in the right column: the key goes there.
    const beside = document.querySelector<HTMLElement>(`[data-beside="${lens}"]`);
    if (beside) beside.focus();
    else chooseLens(lens);
    return true;
  }
  switch (event.key) {
    case "n":
      void nextStep();
      return true;
    case "b":
      void restart();
      return true;
    case " ": {
      // On a button the space bar is that button's.
      if (event.target instanceof HTMLElement && event.target.closest("button, a, [role=tab], summary")) return false;
      if (useLesson.getState().playing) pause();
      else void play();
      return true;
    }
    case "[":
      moveDetent(-1);
      return true;
    case "]":
      moveDetent(1);
      return true;
    case "f":
      toggleMonitor();
      return true;
    default:
      return false;
  }
}

export function useKeys(): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && !event.repeat && act(event)) event.preventDefault();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
