/**
 * What a guest's clocks do while it is suspended: time stamp counter and interval timer stand still, so that to the guest no
 * time has passed, no timer is overdue, and nothing has to be made up for. The real-time clock goes on, as a battery would
 * keep it: there a guest that wants to know finds how late it is.
 */
import type { Cpu } from "./v86-internals.ts";

/** Stops the clocks; what it gives starts them again. */
export function stopClock(cpu: Pick<Cpu, "current_tsc" | "store_current_tsc" | "set_tsc" | "devices">): () => void {
  const { pit } = cpu.devices;
  const since = performance.now();
  cpu.store_current_tsc();
  const [low = 0, high = 0] = Array.from(cpu.current_tsc);
  return () => {
    const stood = performance.now() - since;
    cpu.set_tsc(low, high);
    for (let counter = 0; counter < pit.counter_start_time.length; counter++) {
      pit.counter_start_time[counter] = (pit.counter_start_time[counter] ?? 0) + stood;
    }
  };
}
