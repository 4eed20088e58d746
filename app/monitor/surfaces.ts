/**
 * The canvases that TVMM code draws on: one a box, handed over once and never read by the page. A canvas outlives the component
 * that shows it, since it can be handed over only once; after a power-on, or when the TVMM asks, there is a fresh one.
 */

import { create } from "zustand";
import type { LabView, SurfaceSize } from "../../engine/lab/index.ts";
import { messageOf } from "../facts/format.ts";
import { shade, useTheme } from "../page/media.ts";

interface Surface {
  platform: string;
  vm: string;
  canvas: HTMLCanvasElement;
  size: SurfaceSize;
  /** Resolves once the TVMM has the canvas, to whether it took it; until then it has nothing to resize. */
  taken: Promise<boolean>;
}

const surfaces = new Map<string, Surface>();

/** Grows when a box needs a fresh canvas; and why a box has no picture, by "PLATFORM/VMID". */
export const useSurfaces = create<{ generation: number; errors: Record<string, string> }>(() => ({
  generation: 0,
  errors: {},
}));

export function sizeOf(element: HTMLElement): SurfaceSize {
  const scale = window.devicePixelRatio || 1;
  const { width, height } = element.getBoundingClientRect();
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)), scale };
}

/** Only what is refused of the canvas that is in its place now is told: an earlier one's machine may have gone off meanwhile. */
const refused = (surface: Surface) => (error: unknown) => {
  const key = `${surface.platform}/${surface.vm}`;
  if (surfaces.get(key) !== surface) return;
  useSurfaces.setState(({ errors }) => ({ errors: { ...errors, [key]: messageOf(error) } }));
};

/** The box's canvas, made and handed over if there is none yet, laid into its place. */
export function showSurface(view: LabView, platform: string, vm: string, place: HTMLElement): void {
  const key = `${platform}/${vm}`;
  const size = sizeOf(place);
  let surface = surfaces.get(key);
  if (!surface) {
    const canvas = document.createElement("canvas");
    canvas.className = "surface";
    canvas.width = size.width;
    canvas.height = size.height;
    const handed = canvas.transferControlToOffscreen();
    const taken = view.surface(platform, vm, handed, size, shade(useTheme.getState().theme)).then(
      () => {
        // What was refused before, while the box was not there yet, is over.
        useSurfaces.setState(({ errors: { [key]: _, ...others } }) => ({ errors: others }));
        return true;
      },
      (error: unknown) => {
        refused(held)(error);
        // The canvas is spent; the next time the box is shown it gets another one.
        if (surfaces.get(key) === held) surfaces.delete(key);
        return false;
      },
    );
    const held: Surface = { platform, vm, canvas, size, taken };
    surface = held;
    surfaces.set(key, held);
  }
  place.replaceChildren(surface.canvas);
  fitSurface(view, platform, vm, size);
}

/** The place has another size now: the TVMM draws to it. */
export function fitSurface(view: LabView, platform: string, vm: string, size: SurfaceSize): void {
  const surface = surfaces.get(`${platform}/${vm}`);
  if (!surface) return;
  const same =
    surface.size.width === size.width && surface.size.height === size.height && surface.size.scale === size.scale;
  if (same) return;
  surface.size = size;
  resize(view, surface, shade(useTheme.getState().theme));
}

function resize(view: LabView, surface: Surface, theme: "light" | "dark"): void {
  const { platform, vm } = surface;
  surface.taken
    .then((taken) => (taken ? view.resize(platform, vm, surface.size, theme) : undefined))
    .catch(refused(surface));
}

export function themeSurfaces(view: LabView, theme: "light" | "dark"): void {
  for (const surface of surfaces.values()) resize(view, surface, theme);
}

function forget(prefix: string): void {
  for (const key of surfaces.keys()) if (key === prefix || key.startsWith(`${prefix}/`)) surfaces.delete(key);
  useSurfaces.setState(({ generation }) => ({ generation: generation + 1, errors: {} }));
}

/** Lets go of canvases that the TVMM has no more: the machine was powered anew, the box is gone or asks for another one. */
export function followSurfaces(view: LabView): void {
  view.subscribe((event) => {
    if (event.type === "surface-needed") forget(`${event.platform}/${event.vm}`);
    else if (event.type === "power" && event.state !== "on") forget(event.platform);
    else if (event.type === "vm" && !event.status) forget(`${event.platform}/${event.vm}`);
    else if (event.type === "lab") {
      surfaces.clear();
      useSurfaces.setState(({ generation }) => ({ generation: generation + 1, errors: {} }));
    }
  });
}
