/** The page's own state: which lens, which box, which zoom. Nothing here is a fact about the lab. */
import { create } from "zustand";

export type Lens = "monitor" | "console" | "messages" | "measurements" | "verifier";
/** How much of the height the lens takes: the bar only, its half, or all but the stage's row form. */
export type Detent = "closed" | "half" | "tall";

export const LENSES: readonly Lens[] = ["monitor", "console", "messages", "measurements", "verifier"];

export interface Page {
  lens: Lens;
  detent: Detent;
  /** The lens that the lesson's current step wants. */
  lessonLens: Lens | null;
  /** The box that lenses are about, by path; null: the first that fits. */
  box: string | null;
  messageForm: "sequence" | "list";
  /** Kind of message to show; null: every kind. */
  kind: string | null;
  /** A message opened over stage and lens, by sequence number. */
  message: number | null;
  /** The monitor over stage and lens. */
  fullMonitor: boolean;
  limits: boolean;
  /** The marker that is hovered or focused at either end. */
  ringed: number | null;
}

export const usePage = create<Page>(() => ({
  lens: "messages",
  detent: "half",
  lessonLens: null,
  box: null,
  messageForm: "sequence",
  kind: null,
  message: null,
  fullMonitor: false,
  limits: false,
  ringed: null,
}));

/** Is somebody working in another lens than the lesson's? Then the lesson leaves the view alone. */
export function strayed(page: Page): boolean {
  return page.lessonLens !== null && page.lens !== page.lessonLens;
}

/** The student takes a lens. Taking the open one again shuts it, or opens it if it was shut. */
export function chooseLens(lens: Lens): void {
  usePage.setState((page) => {
    if (page.lens === lens && page.message === null && !page.fullMonitor) {
      return { detent: page.detent === "closed" ? "half" : page.detent };
    }
    return { lens, message: null, fullMonitor: false, detent: page.detent === "closed" ? "half" : page.detent };
  });
}

/** A step begins: its lens is shown, unless somebody strayed from the step before. */
export function followLesson(lens: Lens): void {
  usePage.setState((page) => (strayed(page) ? { lessonLens: lens } : { lessonLens: lens, lens }));
}

export function backToLesson(): void {
  usePage.setState((page) => ({
    lens: page.lessonLens ?? page.lens,
    message: null,
    fullMonitor: false,
    detent: page.detent === "closed" ? "half" : page.detent,
  }));
}

const order: Detent[] = ["closed", "half", "tall"];

export function moveDetent(by: 1 | -1): void {
  usePage.setState(({ detent }) => ({ detent: order[Math.min(2, Math.max(0, order.indexOf(detent) + by))] ?? "half" }));
}
