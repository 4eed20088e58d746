import { setTimeout as sleep } from "node:timers/promises";
import { memoryOf, rendererOf } from "../pages.mjs";
import { bootBare, bootTerra, fourOf, openLab } from "../turns.mjs";

/** Memory of an idle box in the page's process: with four of them, less that without, by four. */
export async function memory(pages, { quick, tell }) {
  const settle = quick ? 3000 : 10_000;
  const rows = { empty: [], four: [], pss: [], private: [] };
  const of = { terra: structuredClone(rows), bare: structuredClone(rows) };
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const kind of round % 2 === 0 ? ["terra", "bare"] : ["bare", "terra"]) {
      tell(`${round + 1} ${kind}`);
      const opened = kind === "terra" ? await pages.terra() : await pages.bare(["pc"]);
      if (kind === "terra") await openLab(opened, fourOf("pc"));
      const pid = await rendererOf(pages.browser, opened.page);
      await sleep(settle);
      const empty = memoryOf(pid);
      for (const { name } of fourOf("pc")) {
        if (kind === "terra") await bootTerra(opened, [name], "prompt");
        else await bootBare(opened, ["pc"], "prompt");
      }
      await sleep(settle);
      const four = memoryOf(pid);
      of[kind].empty.push(empty.pss);
      of[kind].four.push(four.pss);
      of[kind].pss.push((four.pss - empty.pss) / 4);
      of[kind].private.push((four.private - empty.private) / 4);
      await opened.close();
    }
  }
  const row = (what, key, baseline) => ({
    what,
    unit: "MiB",
    values: of.terra[key],
    baseline: { what: baseline, values: of.bare[key] },
  });
  return [
    row("each of four idle pc (64 MiB), proportional set size", "pss", "each of four bare v86 (64 MiB)"),
    row("the same, memory of the process alone (private)", "private", "each of four bare v86 (64 MiB)"),
    row("the page with its machine on and no box", "empty", "an empty page with the image loaded"),
    row("the same with four idle pc", "four", "four bare v86"),
  ];
}
