import { frameGaps } from "../frame-gaps.mjs";
import { bootBare, bootTerra, fourOf, offBare, offTerra, openLab } from "../turns.mjs";

/** The page's frames while four boxes boot and while they run, with stage and lens shown. */
export async function frames(pages, { runs, quick, tell }) {
  const ms = quick ? 4000 : 10_000;
  const rounds = quick ? 1 : Math.min(runs, 3);
  const names = ["pc-1", "hello-1", "pc-2", "hello-2"];
  const images = ["pc", "hello", "pc", "hello"];
  const terra = await pages.terra();
  const bare = await pages.bare();
  await openLab(terra, [...fourOf("pc").slice(0, 2), ...fourOf("hello").slice(0, 2)]);
  const of = {};
  const note = async (name, page, during) => {
    tell(name);
    of[name] ??= [];
    of[name].push(await frameGaps(page, ms, during));
  };
  const nothing = async () => {};
  for (let round = 0; round < rounds; round++) {
    await note("idle", terra.page, nothing);
    await note("boot", terra.page, () => bootTerra(terra, names));
    if (process.env.TERRA_BENCH_PICTURE) await terra.page.screenshot({ path: process.env.TERRA_BENCH_PICTURE });
    await note("run", terra.page, nothing);
    await offTerra(terra);
    await note("bare boot", bare.page, () => bootBare(bare, images));
    await note("bare run", bare.page, nothing);
    await offBare(bare);
  }
  await terra.close();
  await bare.close();
  const worst = (name) => of[name].map((each) => each.worst);
  const remark = (name) => {
    const gaps = of[name].reduce((sum, { over }) => sum + over, 0);
    const total = of[name].reduce((sum, each) => sum + each.frames, 0);
    const long = of[name].flatMap((each) => each.long);
    const tasks =
      long.length > 0
        ? `${long.length} tasks over 50 ms, the longest ${Math.max(...long).toFixed(0)} ms`
        : "no task over 50 ms";
    return `${gaps} of ${total} gaps over 50 ms; on the page's own thread ${tasks}`;
  };
  return [
    { what: "worst gap between frames, machine on, no box", unit: "ms", values: worst("idle"), note: remark("idle") },
    {
      what: "worst gap while four boxes boot",
      unit: "ms",
      values: worst("boot"),
      baseline: { what: "empty page while four bare v86 boot", values: worst("bare boot") },
      goal: "50 ms",
      note: remark("boot"),
    },
    {
      what: "worst gap while four boxes run",
      unit: "ms",
      values: worst("run"),
      baseline: { what: "empty page while four bare v86 run", values: worst("bare run") },
      goal: "50 ms",
      note: remark("run"),
    },
  ];
}
