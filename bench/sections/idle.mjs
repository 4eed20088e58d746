import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs, rendererOf } from "../pages.mjs";
import { bootBare, bootTerra, fourOf, offBare, offTerra, openLab } from "../turns.mjs";

/** Share of a core that four idle boxes take. */
export async function idle(pages, { quick, tell }) {
  const ms = quick ? 3000 : 10_000;
  const share = async (pid) => {
    const [from, before] = [performance.now(), cpuMs(pid)];
    await sleep(ms);
    return ((cpuMs(pid) - before) / (performance.now() - from)) * 100;
  };
  const of = { none: [], terra: [], bare: [] };
  const terra = await pages.terra();
  const bare = await pages.bare(["pc"]);
  await openLab(terra, fourOf("pc"));
  const pid = await rendererOf(pages.browser, terra.page);
  const barePid = await rendererOf(pages.browser, bare.page);
  for (let round = 0; round < (quick ? 1 : 2); round++) {
    tell("no box");
    of.none.push(await share(pid));
    tell("four boxes");
    await bootTerra(
      terra,
      fourOf("pc").map(({ name }) => name),
      "prompt",
    );
    await sleep(quick ? 2000 : 6000);
    of.terra.push(await share(pid));
    await offTerra(terra);
    tell("four bare v86");
    await bootBare(bare, ["pc", "pc", "pc", "pc"], "prompt");
    await sleep(quick ? 2000 : 6000);
    of.bare.push(await share(barePid));
    await offBare(bare);
  }
  await terra.close();
  await bare.close();
  return [
    { what: "page and machine, no box: share of a core", unit: "%", values: of.none },
    {
      what: "with four idle pc at their prompts",
      unit: "%",
      values: of.terra,
      baseline: { what: "four bare v86 at their prompts", values: of.bare },
    },
  ];
}
