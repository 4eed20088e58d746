/**
 * The person's mouse, while a box's picture has captured it (pointer lock): its ways, buttons and wheel go to the TVMM, which gives
 * them to the box with the focus. Until then the mouse is the page's.
 */
import { type RefObject, useEffect, useState } from "react";
import type { LabView, MouseMotion } from "../../engine/lab/index.ts";

const MOST_WAY = 2047;
const MOST_NOTCHES = 127;
/** Buttons that a PC's mouse has: left, right, middle. */
const BUTTONS = 7;
/** Pixels of a wheel event that make a notch, where the browser counts in pixels. */
const PIXELS_A_NOTCH = 100;

/** Adds up what the mouse does; `take` gives whole counts and keeps the rest. */
export function motionSum() {
  let dx = 0;
  let dy = 0;
  let wheel = 0;
  const part = (value: number, most: number) => Math.max(-most, Math.min(most, Math.trunc(value)));
  return {
    move(x: number, y: number) {
      dx += x;
      dy += y;
    },
    /** deltaMode: 0 pixels, else lines or pages, of which each is a notch. */
    turn(delta: number, deltaMode: number) {
      wheel += deltaMode === 0 ? delta / PIXELS_A_NOTCH : Math.sign(delta);
    },
    take(buttons: number): MouseMotion {
      const whole = { dx: part(dx, MOST_WAY), dy: part(dy, MOST_WAY), wheel: part(wheel, MOST_NOTCHES) };
      dx -= whole.dx;
      dy -= whole.dy;
      wheel -= whole.wheel;
      return { ...whole, buttons: buttons & BUTTONS };
    },
  };
}

/** Has the element captured the mouse? A click on it does that while it `wants` to. */
export function usePointer(
  view: LabView,
  platform: string,
  place: RefObject<HTMLElement | null>,
  wants: boolean,
): boolean {
  const [captured, setCaptured] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element || !wants) return;
    let sum = motionSum();
    let buttons = 0;
    let frame = 0;
    const has = () => document.pointerLockElement === element;
    const send = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      view.mouse(platform, sum.take(buttons)).catch(() => undefined);
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(send);
    };
    const onMove = (event: MouseEvent) => {
      if (!has()) return;
      sum.move(event.movementX, event.movementY);
      soon();
    };
    const onButton = (event: MouseEvent) => {
      if (!has() || event.buttons === buttons) return;
      event.preventDefault();
      // What was done with the buttons as they were goes first.
      send();
      buttons = event.buttons;
      send();
    };
    const onWheel = (event: WheelEvent) => {
      if (!has()) return;
      event.preventDefault();
      sum.turn(event.deltaY, event.deltaMode);
      soon();
    };
    const onClick = () => {
      // A browser may refuse, as it does for a moment after Esc; the next click asks again.
      if (!has()) Promise.resolve(element.requestPointerLock()).catch(() => undefined);
    };
    const onLock = () => {
      setCaptured(has());
      if (has()) return;
      sum = motionSum();
      if (buttons === 0) return;
      buttons = 0;
      send();
    };
    element.addEventListener("click", onClick);
    element.addEventListener("mousemove", onMove);
    element.addEventListener("mousedown", onButton);
    element.addEventListener("mouseup", onButton);
    element.addEventListener("wheel", onWheel, { passive: false });
    document.addEventListener("pointerlockchange", onLock);
    return () => {
      element.removeEventListener("click", onClick);
      element.removeEventListener("mousemove", onMove);
      element.removeEventListener("mousedown", onButton);
      element.removeEventListener("mouseup", onButton);
      element.removeEventListener("wheel", onWheel);
      if (has()) document.exitPointerLock();
      onLock();
      document.removeEventListener("pointerlockchange", onLock);
      cancelAnimationFrame(frame);
    };
  }, [view, platform, place, wants]);
  return captured && wants;
}
