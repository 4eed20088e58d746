/** The room that the page has, and its theme, as React and the style sheets see them. */
import { create } from "zustand";

export type Theme = "light" | "dark" | "projector";
/** How much room the page has: the lesson as a drawer, everything at once, or a right column too. */
export type Form = "narrow" | "drawer" | "desk" | "wide";

const KEY = "terra-lab.theme";
const THEMES: readonly Theme[] = ["light", "dark", "projector"];
/** For the back row of a lecture hall: the projector theme draws everything so much larger (styles/tokens.css). */
const PROJECTOR_ZOOM = 1.25;

function chosenTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? null;
  } catch {
    return null;
  }
}

const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");
const systemTheme = (): Theme => (darkSystem.matches ? "dark" : "light");

export const useTheme = create<{ theme: Theme }>(() => ({ theme: chosenTheme() ?? systemTheme() }));

/** What a canvas is drawn for: the projector's theme is a light one. */
export const shade = (theme: Theme): "light" | "dark" => (theme === "dark" ? "dark" : "light");

const zoomOf = (theme: Theme) => (theme === "projector" ? PROJECTOR_ZOOM : 1);

/** `width` in CSS pixels of the window. */
export function formFor(width: number, theme: Theme): Form {
  const room = width / zoomOf(theme);
  if (room < 1024) return "narrow";
  if (room < 1280) return "drawer";
  return room < 1680 ? "desk" : "wide";
}

const presentForm = (): Form => formFor(window.innerWidth, useTheme.getState().theme);

const useFormStore = create<{ form: Form }>(() => ({ form: presentForm() }));

/** Media queries know the window but not the theme's size: so the page says itself how much room there is. */
function takeForm(): void {
  const { theme } = useTheme.getState();
  const form = presentForm();
  document.documentElement.dataset.form = form;
  const height = window.innerHeight / zoomOf(theme);
  document.documentElement.dataset.height = height < 640 ? "tiny" : height <= 900 ? "low" : "full";
  useFormStore.setState({ form });
}

export const useForm = () => useFormStore((state) => state.form);

/** Takes over the theme that was chosen at an earlier visit, and follows the system until one is chosen. */
export function startTheme(): void {
  const chosen = chosenTheme();
  if (chosen) document.documentElement.dataset.theme = chosen;
  darkSystem.addEventListener("change", () => {
    if (!chosenTheme()) useTheme.setState({ theme: systemTheme() });
  });
  window.addEventListener("resize", takeForm);
  takeForm();
}

export const nextTheme = (theme: Theme): Theme => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "light";

export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The theme then holds for this visit.
  }
  useTheme.setState({ theme });
  takeForm();
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
