/**
 * The page's own keys. They act only outside boxes, consoles and text fields: a box with the keyboard gets every key but the
 * attention key, which its surface handles itself. Single characters can be switched off (WCAG 2.1.4).
 */
import { useEffect } from "react";
import { useFacts } from "../facts/store.ts";
import { playersOf } from "../game/players.ts";
import { back, goOn, pause, play, useLesson } from "../lesson/lesson.ts";
import { beside } from "../page/focus.ts";
import { useLetters } from "../page/letters.ts";
import { chooseLens, LENSES, type Lens, leaveZoom, moveDetent, toggleMonitor, usePage } from "../page/page.ts";
import { inBox, typing } from "../parts/keyboard.ts";

/** As they are gone through; the bar at the foot comes after what stands above it. */
const REGIONS = ["lesson", "screens", "stage", "lens", "right", "bar"];

function otherRegion(by: 1 | -1): void {
  const regions = REGIONS.flatMap((name) => [...document.querySelectorAll<HTMLElement>(`[data-region=${name}]`)]);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const from = at < 0 && by < 0 ? 0 : at;
  regions[(from + by + regions.length) % regions.length]?.focus();
}

/** In a wide window two lenses stand in the right column: the key goes there. */
function toLens(lens: Lens): void {
  const place = beside(lens);
  if (place) place.focus();
  else chooseLens(lens);
}

/** Labs without a game have no such lens. */
function toPlayers(): void {
  if (playersOf(useFacts.getState().machines).length > 0) chooseLens("players");
}

const CHARACTERS: Record<string, () => void> = {
  n: () => void goOn(),
  b: () => void back(),
  "[": () => moveDetent(-1),
  "]": () => moveDetent(1),
  f: toggleMonitor,
  "?": () => usePage.setState({ keys: true }),
  p: toPlayers,
  ...Object.fromEntries(LENSES.map((lens, index) => [String(index + 1), () => toLens(lens)])),
};

function playOrPause(): void {
  const { playing, goal } = useLesson.getState();
  if (playing || goal !== null) pause();
  else void play();
}

/** Does the element that has the focus do something of its own with the space bar? */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("button, a, [role=tab], summary, input") !== null;

/** Resolves to whether the key was one of the page's. */
function act({ key, target, shiftKey, ctrlKey, altKey, metaKey, graph }: Pressed): boolean {
  const { limits, keys, zooms } = usePage.getState();
  // A dialog has its own keys.
  if (inBox(target) || limits || keys) return false;
  if (key === "F6") {
    otherRegion(shiftKey ? -1 : 1);
    return true;
  }
  // Some keyboards have the brackets behind AltGr, which some systems tell as Ctrl and Alt.
  if ((ctrlKey || altKey || metaKey) && !graph) return false;
  if (key === "Escape" && zooms.length > 0) {
    leaveZoom();
    return true;
  }
  if (typing(target)) return false;
  if (key === " " && !takesSpace(target)) {
    playOrPause();
    return true;
  }
  const character = useLetters.getState().on ? CHARACTERS[key] : undefined;
  character?.();
  return character !== undefined;
}

interface Pressed {
  key: string;
  target: EventTarget | null;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  /** Is AltGr held? */
  graph: boolean;
}

export function useKeys(): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      const { key, target, shiftKey, ctrlKey, altKey, metaKey } = event;
      const graph = event.getModifierState("AltGraph");
      if (act({ key, target, shiftKey, ctrlKey, altKey, metaKey, graph })) event.preventDefault();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
