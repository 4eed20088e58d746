/** The page's own state: which lens, which box, which zooms. Nothing here is a fact about the lab. */
import { create } from "zustand";
import { beside, worksInView } from "./focus.ts";

export type Lens = "players" | "monitor" | "console" | "messages" | "measurements" | "verifier";
/** How much of the height the lens takes: the bar only, its half, or all but the stage's row form. */
export type Detent = "closed" | "half" | "tall";
/** What the zoom of a machine shows. */
export type MachineTab = "calls" | "limits" | "media";

/** Those that every lab has. */
export const LENSES: readonly Lens[] = ["monitor", "console", "messages", "measurements", "verifier"];
export const MACHINE_TABS: readonly MachineTab[] = ["calls", "limits", "media"];

/** One look into the stage, in the place of stage and lens. */
export type Zoom =
  | { kind: "monitor" }
  /** A message, by sequence number. */
  | { kind: "message"; sequence: number }
  | { kind: "machine"; platform: string; tab: MachineTab }
  /** A box, by path. */
  | { kind: "box"; path: string }
  | { kind: "wire"; wire: string; frame?: number };

export interface Page {
  lens: Lens;
  detent: Detent;
  /** The lens that the lesson's current step wants. */
  lessonLens: Lens | null;
  /** The box that this step is about, by path; null: none. */
  lessonBox: string | null;
  /** The box that lenses are about, by path; null: the first that fits. */
  box: string | null;
  /** Zooms that were entered one from the other; the last one is seen, and Esc leaves it. */
  zooms: readonly Zoom[];
  limits: boolean;
  /** Is the sheet of keys open? */
  keys: boolean;
  /** A digest that somebody wants to see in the lens; it takes the focus once it is there. */
  sought: string | null;
  /** Is the lesson open where it is a drawer over the stage? */
  drawer: boolean;
  /** The marker that is hovered or focused at either end. */
  ringed: number | null;
}

export const usePage = create<Page>(() => ({
  lens: "messages",
  detent: "half",
  lessonLens: null,
  lessonBox: null,
  box: null,
  zooms: [],
  limits: false,
  keys: false,
  sought: null,
  drawer: true,
  ringed: null,
}));

/** Enters a zoom; from one of the same kind it takes that one's place. */
export function enterZoom(zoom: Zoom): void {
  usePage.setState(({ zooms }) => ({
    zooms: zooms.at(-1)?.kind === zoom.kind ? [...zooms.slice(0, -1), zoom] : [...zooms, zoom],
  }));
}

/** One level out. */
export function leaveZoom(): void {
  usePage.setState(({ zooms }) => ({ zooms: zooms.slice(0, -1) }));
}

/** Back to stage and lens. */
export function leaveZooms(): void {
  usePage.setState({ zooms: [] });
}

export function toggleMonitor(): void {
  if (usePage.getState().zooms.at(-1)?.kind === "monitor") leaveZoom();
  else enterZoom({ kind: "monitor" });
}

/** Shows a lens of a box, and in it the digest that somebody wants to see. In a column of its own it is in sight already. */
export function showInLens(lens: Lens, box: string | null, digest: string | null): void {
  const place = beside(lens);
  if (!place) chooseLens(lens);
  usePage.setState((page) => ({ box: box ?? page.box, sought: digest }));
  place?.focus();
}

/** Lenses that show one box at a time. */
const OF_A_BOX: readonly Lens[] = ["monitor", "console", "measurements"];

/** Is somebody looking at something else than the lesson's view? Then the lesson leaves the view alone. */
export function strayed({ lens, box, zooms, detent, lessonLens, lessonBox }: Page): boolean {
  if (lessonLens === null) return false;
  if (zooms.length > 0) return true;
  if (lessonBox !== null && box !== lessonBox && OF_A_BOX.includes(lessonLens)) return true;
  return (lens !== lessonLens || detent === "closed") && beside(lessonLens) === null;
}

const opened = (detent: Detent): Detent => (detent === "closed" ? "half" : detent);

/** The student takes a lens; a closed one opens, and zooms are left. */
export function chooseLens(lens: Lens): void {
  usePage.setState((page) => ({ lens, zooms: [], detent: opened(page.detent) }));
}

/** The lesson's view, as far as it is not in sight anyway. */
const lessonView = (lens: Lens, box: string | null): Partial<Page> => ({
  ...(beside(lens) ? {} : { lens }),
  ...(box === null ? {} : { box }),
});

/** A step begins: its lens is shown, of its box if it names one, unless somebody strayed from the step before or types there. */
export function followLesson(lens: Lens, box: string | null): void {
  usePage.setState((page) => ({
    lessonLens: lens,
    lessonBox: box,
    ...(strayed(page) || worksInView() ? {} : lessonView(lens, box)),
  }));
}

export function backToLesson(): void {
  usePage.setState((page) => ({
    ...lessonView(page.lessonLens ?? page.lens, page.lessonBox),
    zooms: [],
    detent: opened(page.detent),
  }));
}

const order: Detent[] = ["closed", "half", "tall"];

export function moveDetent(by: 1 | -1): void {
  usePage.setState(({ detent }) => ({ detent: order[Math.min(2, Math.max(0, order.indexOf(detent) + by))] ?? "half" }));
}
