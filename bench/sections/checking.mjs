import { cpuMs, rendererOf, step } from "../pages.mjs";
import { BOOT_MS, bootBare, bootTerra, offBare, offTerra, openLab, STEP_MS, seconds, takeTurns } from "../turns.mjs";

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
export async function checking(pages, { runs, tell }) {
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
      // Not counted: the shell's programs are read for the first time.
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
