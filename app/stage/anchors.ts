/**
 * Where the things on the stage stand, so that lines reach them and the sequence's lifelines fall from them. Measured from the
 * drawing itself; coordinates are CSS pixels from the stage's left upper corner.
 */
import { type RefObject, useLayoutEffect } from "react";
import { create } from "zustand";
import { scaleOf } from "../parts/scale.ts";

export interface Anchor {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const useAnchors = create<{ anchors: Record<string, Anchor>; width: number; height: number }>(() => ({
  anchors: {},
  width: 0,
  height: 0,
}));

export const middle = (anchor: Anchor) => (anchor.left + anchor.right) / 2;

function measure(stage: HTMLElement): void {
  const origin = stage.getBoundingClientRect();
  const scale = scaleOf(stage);
  const anchors: Record<string, Anchor> = {};
  for (const element of stage.querySelectorAll<HTMLElement>("[data-anchor]")) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    anchors[element.dataset.anchor ?? ""] = {
      left: (left - origin.left) / scale,
      right: (right - origin.left) / scale,
      top: (top - origin.top) / scale,
      bottom: (bottom - origin.top) / scale,
    };
  }
  const before = useAnchors.getState();
  const next = { anchors, width: stage.offsetWidth, height: stage.offsetHeight };
  if (JSON.stringify(before.anchors) !== JSON.stringify(anchors) || before.width !== next.width) {
    useAnchors.setState(next);
  }
}

/** Measures after each drawing that `shape` tells apart, and whenever the stage changes its size. */
export function useMeasuredAnchors(stage: RefObject<HTMLElement | null>, shape: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shape is the reason to measure
  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return;
    measure(element);
    const observer = new ResizeObserver(() => measure(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, [stage, shape]);
}
