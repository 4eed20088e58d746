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

const refused = (key: string) => (error: unknown) => {
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
    surface = { platform, vm, canvas, size };
    surfaces.set(key, surface);
    const handed = canvas.transferControlToOffscreen();
    view.surface(platform, vm, handed, size, shade(useTheme.getState().theme)).catch((error: unknown) => {
      // This canvas is spent; the next time the box is shown it gets another one.
      if (surfaces.get(key)?.canvas === canvas) surfaces.delete(key);
      refused(key)(error);
    });
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
  view.resize(platform, vm, size, shade(useTheme.getState().theme)).catch(refused(`${platform}/${vm}`));
}

export function themeSurfaces(view: LabView, theme: "light" | "dark"): void {
  for (const { platform, vm, size } of surfaces.values()) {
    view.resize(platform, vm, size, theme).catch(refused(`${platform}/${vm}`));
  }
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
