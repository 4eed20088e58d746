/** Window width and theme, as React sees them. */
import { useSyncExternalStore } from "react";
import { create } from "zustand";

const queries = new Map<string, MediaQueryList>();

function query(text: string): MediaQueryList {
  let list = queries.get(text);
  if (!list) {
    list = window.matchMedia(text);
    queries.set(text, list);
  }
  return list;
}

export function useMedia(text: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      query(text).addEventListener("change", changed);
      return () => query(text).removeEventListener("change", changed);
    },
    () => query(text).matches,
  );
}

/** From here on the monitor and the verifier stand in a column of their own. */
export const useWide = () => useMedia("(min-width: 1680px)");

export type Theme = "light" | "dark";

const KEY = "terra-lab.theme";

function chosenTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

const systemTheme = (): Theme => (query("(prefers-color-scheme: dark)").matches ? "dark" : "light");

export const useTheme = create<{ theme: Theme }>(() => ({ theme: chosenTheme() ?? systemTheme() }));

/** Takes over the theme that was chosen at an earlier visit, and follows the system until one is chosen. */
export function startTheme(): void {
  const chosen = chosenTheme();
  if (chosen) document.documentElement.dataset.theme = chosen;
  query("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!chosenTheme()) useTheme.setState({ theme: systemTheme() });
  });
}

export function toggleTheme(): void {
  const theme: Theme = useTheme.getState().theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The theme then holds for this visit.
  }
  useTheme.setState({ theme });
}

/** The present value of a colour token, for what is drawn on a canvas. */
export function colour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
