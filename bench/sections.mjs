/**
 * The measurements, one function for each section: it gets the pages and the options and returns rows of the table. Variants
 * that are compared take turns, so that a machine that grows slower meanwhile slows all of them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs, memory, rendererOf, step } from "./pages.mjs";

const BOOT_MS = 60_000;
const STEP_MS = 90_000;

const fourOf = (image) => [1, 2, 3, 4].map((number) => ({ name: `${image}-${number}`, image }));

/** A lab with one machine, whose boxes are off. */
const openLab = (terra, boxes) =>
  step(
    terra.page.evaluate((list) => window.bench.open(list), boxes),
    "opening a lab",
    STEP_MS,
  );
const bootTerra = (terra, names, until = "sign") =>
  step(
    terra.page.evaluate(
      ([list, how, ms]) => Promise.all(list.map((name) => window.bench.boot(name, how, ms))),
      [names, until, BOOT_MS],
    ),
    `starting ${names.join(", ")}`,
    STEP_MS,
  );
const offTerra = (terra) =>
  step(
    terra.page.evaluate((ms) => window.bench.off(ms), BOOT_MS),
    "switching boxes off",
  );
const bootBare = (bare, images, until = "sign", jit = "late") =>
  step(
    bare.page.evaluate(
      ([list, how, when, ms]) => Promise.all(list.map((image) => window.bare.boot(image, how, when, ms))),
      [images, until, jit, BOOT_MS],
    ),
    `starting bare v86 (${images.join(", ")})`,
    STEP_MS,
  );
const offBare = (bare) =>
  step(
    bare.page.evaluate(() => window.bare.stop()),
    "stopping bare v86",
  );

/** What a box leaves behind (its worker's end, its memory) must not be charged to whoever comes next. */
const PAUSE_MS = 700;

/**
 * Runs each variant once per round, in an order that is shuffled anew for each round: a rotated one would always give a
 * variant the same predecessor.
 * @param {number} rounds
 * @param {Record<string, () => Promise<void>>} variants
 * @param {(what: string) => void} tell
 */
async function takeTurns(rounds, variants, tell) {
  const names = Object.keys(variants);
  for (let round = 0; round < rounds; round++) {
    for (let at = names.length - 1; at > 0; at--) {
      const other = Math.floor(Math.random() * (at + 1));
      [names[at], names[other]] = [names[other], names[at]];
    }
    for (const name of names) {
      tell(`${round + 1}/${rounds} ${name}`);
      await variants[name]();
      await sleep(PAUSE_MS);
    }
  }
}

const seconds = (values) => values.map((ms) => ms / 1000);

/** From ON to the sign of life: one box, and until the last of four has given it. */
async function start(pages, { runs, tell }) {
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

/** "none-again" is the same as "none": how far the two differ is what this machine's noise makes of nothing. */
const CHECKING = ["none", "none-again", "optimistic", "ahead-of-time"];
/** Table of the paper's section 5.2, seconds: the boot of its Trusted Quake VM on real hardware. */
const PAPER = { none: 26.6, optimistic: 27.3, "ahead-of-time": 57.1 };
const PASSES = 8;
const READ_ALL = `for i in ${Array.from({ length: PASSES }, (_, at) => at + 1).join(" ")}; do echo 3 > /proc/sys/vm/drop_caches; cat /dev/vda > /dev/null; done`;
const STAT = "cat /sys/block/vda/stat";

/** Requests and bytes that the guest has read of its disk (Documentation/block/stat.rst). */
function diskReads(stat) {
  const [requests = Number.NaN, , sectors = Number.NaN] = stat.trim().split(/\s+/).map(Number);
  return { requests, bytes: sectors * 512 };
}

const amount = ({ requests, bytes }) =>
  `${requests} requests, ${(bytes / 2 ** 20).toFixed(2)} MiB = ${Math.ceil(bytes / 4096)} blocks`;

/** Boot to the shell's prompt with each way of checking, and a run that reads far more of the disk. */
async function checking(pages, { runs, tell }) {
  const terra = await pages.terra();
  const bare = await pages.bare(["pc"]);
  await openLab(
    terra,
    CHECKING.map((how) => ({ name: how, image: "pc", checking: how.replace("-again", "") })),
  );
  const pids = {
    terra: await rendererOf(pages.browser, terra.page),
    bare: await rendererOf(pages.browser, bare.page),
  };
  const results = {};
  const variants = {};
  for (const name of [...CHECKING, "bare"]) {
    const of = { boot: [], cpu: [], read: [], booted: undefined, after: undefined, blocks: undefined };
    results[name] = of;
    const run = (command) =>
      step(
        name === "bare"
          ? bare.page.evaluate(([text, ms]) => window.bare.run(text, ms), [command, BOOT_MS])
          : terra.page.evaluate(([box, text, ms]) => window.bench.run(box, text, ms), [name, command, BOOT_MS]),
        `"${command}" with checking ${name}`,
        STEP_MS,
      );
    variants[name] = async () => {
      const used = cpuMs(pids[name === "bare" ? "bare" : "terra"]);
      const [times] =
        name === "bare" ? await bootBare(bare, ["pc"], "prompt") : await bootTerra(terra, [name], "prompt");
      of.cpu.push(cpuMs(pids[name === "bare" ? "bare" : "terra"]) - used);
      of.boot.push(times.prompt);
      of.booted = diskReads((await run(STAT)).output);
      // The JIT has just come on; one pass not counted lets it settle.
      await run(READ_ALL.replace(/in [\d ]+;/, "in 1;"));
      const before = diskReads((await run(STAT)).output);
      of.read.push((await run(READ_ALL)).ms);
      const after = diskReads((await run(STAT)).output);
      of.after = { requests: after.requests - before.requests, bytes: after.bytes - before.bytes };
      if (name === "bare") await offBare(bare);
      else {
        of.blocks = await terra.page.evaluate((box) => window.bench.blocks(box), name);
        await offTerra(terra);
      }
    };
  }
  // Once each, not counted.
  await takeTurns(1, variants, (what) => tell(`warm-up ${what}`));
  for (const of of Object.values(results)) {
    of.boot = [];
    of.cpu = [];
    of.read = [];
  }
  await takeTurns(runs, variants, tell);

  const rows = [];
  const none = results.none;
  for (const name of [...CHECKING, "bare"]) {
    const of = results[name];
    const paper = PAPER[name] ? `paper: ${PAPER[name]} s = ${(PAPER[name] / PAPER.none).toFixed(2)}` : undefined;
    const judged =
      of.blocks && !name.startsWith("none")
        ? `; ${of.blocks.verified} of ${of.blocks.total} blocks found good by the end`
        : "";
    rows.push({
      what: name === "bare" ? "pc, ON to prompt: bare v86" : `pc, ON to prompt: ${name}`,
      unit: "s",
      values: seconds(of.boot),
      ...(name === "none" ? {} : { baseline: { what: "none", values: seconds(none.boot) } }),
      ...(name === "optimistic" ? { goal: "1.02" } : {}),
      note: [`the guest read ${amount(of.booted)} until the prompt${judged}`, paper].filter(Boolean).join("; "),
    });
  }
  for (const name of [...CHECKING, "bare"]) {
    rows.push({
      what: `  processor time of that boot: ${name === "bare" ? "bare v86" : name}`,
      unit: "s",
      values: seconds(results[name].cpu),
      ...(name === "none" ? {} : { baseline: { what: "none", values: seconds(none.cpu) } }),
    });
  }
  for (const name of [...CHECKING, "bare"]) {
    const of = results[name];
    rows.push({
      what: `the whole disk ${PASSES} times from the shell: ${name}`,
      unit: "s",
      values: seconds(of.read),
      ...(name === "none" ? {} : { baseline: { what: "none", values: seconds(none.read) } }),
      note: `read ${amount(of.after)}`,
    });
  }
  await terra.close();
  await bare.close();
  return rows;
}

/** Memory of an idle box in the page's process: with four of them, less that without, by four. */
async function memorySection(pages, { quick, tell }) {
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
      const empty = memory(pid);
      for (const { name } of fourOf("pc")) {
        if (kind === "terra") await bootTerra(opened, [name], "prompt");
        else await bootBare(opened, ["pc"], "prompt");
      }
      await sleep(settle);
      const four = memory(pid);
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

/** A challenge from the page's remote party until its verdict. */
async function challenge(pages, { quick, tell }) {
  const terra = await pages.terra();
  await openLab(terra, [{ name: "hello", image: "hello" }]);
  await bootTerra(terra, ["hello"]);
  const all = [];
  const bare = [];
  for (let round = 0; round < (quick ? 4 : 20); round++) {
    tell(`challenge ${round + 1}`);
    all.push(
      await step(
        terra.page.evaluate(() => window.bench.challenge("hello")),
        "a challenge",
      ),
    );
    bare.push(
      await step(
        terra.page.evaluate(() => window.bench.signatures(6)),
        "bare signatures",
      ),
    );
  }
  await terra.close();
  return [
    { what: "challenge to verdict", unit: "ms", values: all.map(({ total }) => total) },
    { what: "  the guest's part: from `challenge` to `evidence`", unit: "ms", values: all.map(({ guest }) => guest) },
    {
      what: "  in the browser: the rest",
      unit: "ms",
      values: all.map(({ total, guest }) => total - guest),
      baseline: { what: "six bare ECDSA checks in the page", values: bare },
      goal: "50 ms",
    },
    { what: "    of which the verifier's checks", unit: "ms", values: all.map(({ verifier }) => verifier) },
  ];
}

/** Starts noting the time of each frame in a page; resolves to the gaps between them when called again. */
async function frames(page, ms, during) {
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

/** The page's frames while four boxes boot and while they run, with stage and lens shown. */
async function framesSection(pages, { runs, quick, tell }) {
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
    of[name].push(await frames(page, ms, during));
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

/** Share of a core that four idle boxes take. */
async function idle(pages, { quick, tell }) {
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

export const SECTIONS = {
  start: { title: "From ON to the sign of life", measure: start },
  checking: { title: "When content is checked: pc, its disk in memory", measure: checking },
  memory: { title: "Memory of the page's process", measure: memorySection },
  challenge: { title: "Challenge to verdict (hello)", measure: challenge },
  frames: { title: "The page's frames with four boxes (two pc, two hello)", measure: framesSection },
  idle: { title: "Processor time of idle boxes", measure: idle },
};
