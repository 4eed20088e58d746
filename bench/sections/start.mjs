import { cpuMs, rendererOf } from "../pages.mjs";
import { bootBare, bootTerra, fourOf, offBare, offTerra, openLab, seconds, takeTurns } from "../turns.mjs";

/** From ON to the sign of life: one box, and until the last of four has given it. */
export async function start(pages, { runs, tell }) {
  const terra = await pages.terra();
  const bare = await pages.bare();
  await openLab(terra, [...fourOf("pc"), ...fourOf("hello")]);
  const pids = {
    terra: await rendererOf(pages.browser, terra.page),
    bare: await rendererOf(pages.browser, bare.page),
  };
  const rows = [];
  const first = { terra: await bootTerra(terra, ["pc-1"]), bare: [] };
  await offTerra(terra);
  first.bare = await bootBare(bare, ["pc"]);
  await offBare(bare);
  rows.push({
    what: "pc, the first box after the page was loaded",
    unit: "s",
    values: seconds(first.terra.map(({ sign }) => sign)),
    baseline: { what: "bare v86", values: seconds(first.bare.map(({ sign }) => sign)) },
  });
  // Not counted: code that ran for the first time has been compiled by then.
  await bootTerra(terra, ["hello-1"]);
  await offTerra(terra);
  await bootBare(bare, ["hello"]);
  await offBare(bare);

  const times = {};
  const variants = {};
  for (const image of ["pc", "hello"]) {
    for (const [number, label] of [
      [1, image],
      [4, `four ${image}`],
    ]) {
      const of = { on: [], sign: [], bare: [], jit: [], cpu: [], bareCpu: [] };
      times[label] = of;
      const names = fourOf(image)
        .slice(0, number)
        .map(({ name }) => name);
      const images = names.map(() => image);
      variants[`${label}, Terra`] = async () => {
        const used = cpuMs(pids.terra);
        const each = await bootTerra(terra, names);
        of.cpu.push(cpuMs(pids.terra) - used);
        of.on.push(Math.max(...each.map(({ on }) => on)));
        of.sign.push(Math.max(...each.map(({ sign }) => sign)));
        await offTerra(terra);
      };
      variants[`${label}, bare`] = async () => {
        const used = cpuMs(pids.bare);
        of.bare.push(Math.max(...(await bootBare(bare, images)).map(({ sign }) => sign)));
        of.bareCpu.push(cpuMs(pids.bare) - used);
        await offBare(bare);
      };
      if (number === 1) {
        variants[`${label}, bare as shipped`] = async () => {
          of.jit.push(Math.max(...(await bootBare(bare, images, "sign", "on")).map(({ sign }) => sign)));
          await offBare(bare);
        };
      }
    }
  }
  await takeTurns(runs, variants, tell);
  const signOf = { pc: "first byte on its console", hello: "its agent's first ENDORSE" };
  for (const image of ["pc", "hello"]) {
    const [one, four] = [times[image], times[`four ${image}`]];
    rows.push(
      {
        what: `${image}: ON to ${signOf[image]}`,
        unit: "s",
        values: seconds(one.sign),
        baseline: { what: "bare v86, JIT late as in our vm worker", values: seconds(one.bare) },
        goal: "1.0 s",
      },
      { what: `  of which until ON was answered (read, checked, started)`, unit: "s", values: seconds(one.on) },
      {
        what: `  beside v86 as it ships (JIT on from the start)`,
        unit: "s",
        values: seconds(one.sign),
        baseline: { what: "bare v86 as it ships", values: seconds(one.jit) },
      },
      {
        what: "  processor time of the page's process for that",
        unit: "s",
        values: seconds(one.cpu),
        baseline: { what: "bare v86, JIT late", values: seconds(one.bareCpu) },
      },
      {
        what: `four ${image} at once: until all four gave theirs`,
        unit: "s",
        values: seconds(four.sign),
        baseline: { what: "four bare v86, JIT late", values: seconds(four.bare) },
        goal: "2.0 s",
      },
      {
        what: "  processor time of the page's process for that",
        unit: "s",
        values: seconds(four.cpu),
        baseline: { what: "four bare v86, JIT late", values: seconds(four.bareCpu) },
      },
    );
  }
  await terra.close();
  await bare.close();
  return rows;
}
