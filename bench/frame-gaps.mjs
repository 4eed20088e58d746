/** How evenly a page draws while something else goes on. It must add nothing to the page but a note of each frame. */
import { setTimeout as sleep } from "node:timers/promises";

/** Starts noting the time of each frame in a page; resolves to the gaps between them when called again. */
export async function frameGaps(page, ms, during) {
  await page.evaluate(() => {
    const times = [];
    const long = [];
    const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
    const frame = (now) => {
      times.push(now);
      window.benchFrames.handle = requestAnimationFrame(frame);
    };
    window.benchFrames = { times, long, observer, handle: requestAnimationFrame(frame) };
  });
  const from = performance.now();
  await during();
  await sleep(Math.max(0, ms - (performance.now() - from)));
  return page.evaluate(() => {
    const { times, long, observer, handle } = window.benchFrames;
    cancelAnimationFrame(handle);
    observer.disconnect();
    const gaps = times.slice(1).map((time, at) => time - times[at]);
    return { worst: Math.max(...gaps), over: gaps.filter((gap) => gap > 50).length, frames: gaps.length, long };
  });
}
