/** Eight boxes at once: until all have their prompts, what they take, and how the page draws meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { frameGaps } from "../frame-gaps.mjs";
import { cpuMs, memoryOf, rendererOf } from "../pages.mjs";
import { bootBare, bootTerra, offBare, offTerra, openLab, seconds, takeTurns } from "../turns.mjs";

const COUNT = 8;
const BOXES = Array.from({ length: COUNT }, (_, at) => ({ name: `pc-${at + 1}`, image: "pc" }));
const NAMES = BOXES.map(({ name }) => name);
const IMAGES = BOXES.map(({ image }) => image);

export async function boxes(pages, { runs, quick, tell }) {
  const settle = quick ? 2000 : 8000;
  const watch = quick ? 3000 : 8000;
  const terra = await pages.terra();
  const bare = await pages.bare(["pc"]);
  await openLab(terra, BOXES);
  const of = {};
  const variants = {};
  for (const [name, page, boot, off] of [
    ["terra", terra, () => bootTerra(terra, NAMES, "prompt"), () => offTerra(terra)],
    ["bare", bare, () => bootBare(bare, IMAGES, "prompt"), () => offBare(bare)],
  ]) {
    const pid = await rendererOf(pages.browser, page.page);
    of[name] = { prompt: [], cpu: [], starting: [], running: [], memory: [], empty: memoryOf(pid).pss };
    variants[name] = async () => {
      const used = cpuMs(pid);
      let times = [];
      const starting = await frameGaps(page.page, 0, async () => {
        times = await boot();
      });
      of[name].cpu.push(cpuMs(pid) - used);
      of[name].prompt.push(Math.max(...times.map(({ prompt }) => prompt)));
      of[name].starting.push(starting.worst);
      await sleep(settle);
      of[name].running.push((await frameGaps(page.page, watch, async () => {})).worst);
      of[name].memory.push((memoryOf(pid).pss - of[name].empty) / COUNT);
      await off();
    };
  }
  await takeTurns(quick ? 1 : runs, variants, tell);
  await terra.close();
  await bare.close();
  const row = (what, unit, key, goal, convert = (values) => values) => ({
    what,
    unit,
    values: convert(of.terra[key]),
    baseline: { what: `${COUNT} bare v86`, values: convert(of.bare[key]) },
    ...(goal ? { goal } : {}),
  });
  return [
    row("ON to prompt, until all have theirs", "s", "prompt", undefined, seconds),
    row("  processor time of the page's process for that", "s", "cpu", undefined, seconds),
    row("each box's memory at its prompt (64 MiB), proportional set size", "MiB", "memory"),
    row("worst gap between frames while they start", "ms", "starting"),
    row("worst gap between frames while they stand at their prompts", "ms", "running", "50 ms"),
  ];
}
