/**
 * A PS/2 mouse with a wheel. What it reports is added up until the guest has read the report before, as a real mouse does: a guest
 * that does not look loses time, never the way that the mouse has gone.
 */
import type { MouseMotion } from "../protocol/person.ts";
import type { Emulator } from "./v86-internals.ts";

/** One report says no more than this: 9 bits with the sign for the way, 4 for the wheel. */
const MOST_WAY = 255;
const MOST_WHEEL = 7;
/** What waits for a guest that does not look: a few screens of way, and a few dozen clicks. */
const MOST_KEPT = 8192;
const MOST_WAITING = 64;

export interface Mouse {
  report(motion: MouseMotion): void;
  /** To be called after each slice of the processor's time: gives the guest the next report when it took the last one. */
  service(): void;
}

const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));

export function mouse(emulator: Emulator): Mouse {
  const { ps2 } = emulator.v86.cpu.devices;
  /** As the guest was told last. */
  let held = 0;
  /** Oldest first; two that follow each other differ in their buttons. */
  let waiting: MouseMotion[] = [];

  /** The next report of what waits; false if nothing does. */
  const tell = (next: MouseMotion): boolean => {
    if (next.buttons !== held) {
      held = next.buttons;
      // v86 wants them as left, middle, right.
      emulator.bus.send("mouse-click", [(held & 1) !== 0, (held & 4) !== 0, (held & 2) !== 0]);
    } else if (next.dx !== 0 || next.dy !== 0) {
      const [x, y] = [within(next.dx, MOST_WAY), within(next.dy, MOST_WAY)];
      next.dx -= x;
      next.dy -= y;
      // A PS/2 mouse counts upwards.
      emulator.bus.send("mouse-delta", [x, -y]);
    } else if (next.wheel !== 0) {
      const notches = within(next.wheel, MOST_WHEEL);
      next.wheel -= notches;
      // v86 counts away from the person.
      emulator.bus.send("mouse-wheel", [-notches, 0]);
    } else return false;
    return true;
  };

  const service = () => {
    while (waiting[0] && ps2.enable_mouse_stream && ps2.mouse_buffer.length === 0) {
      if (!tell(waiting[0])) waiting.shift();
    }
  };

  return {
    report(motion) {
      // A mouse that nobody has switched on reports nothing, and keeps nothing for later.
      if (!ps2.enable_mouse_stream) {
        waiting = [];
        return;
      }
      const last = waiting.at(-1);
      if (last && (last.buttons === motion.buttons || waiting.length >= MOST_WAITING)) {
        last.dx = within(last.dx + motion.dx, MOST_KEPT);
        last.dy = within(last.dy + motion.dy, MOST_KEPT);
        last.wheel = within(last.wheel + motion.wheel, MOST_KEPT);
        last.buttons = motion.buttons;
      } else {
        const { dx, dy, wheel, buttons } = motion;
        waiting.push({ dx, dy, wheel, buttons });
      }
      service();
    },
    service,
  };
}
