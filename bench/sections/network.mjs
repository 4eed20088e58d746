/**
 * Frames between two boxes through the TVMM's switch, and over a wire to a box of another machine, beside two boxes whose cards
 * are wired to each other. Bursts are short and take turns, since a busy machine slows them by more than what is compared.
 */
import { cpuMs, rendererOf, step } from "../pages.mjs";
import { STEP_MS, takeTurns } from "../turns.mjs";

const IMAGE = "netbench";
const BOOT_MS = 60_000;
/** On a busy machine the first bursts, which are compiled on the way, take a minute. */
const BURST_MS = 240_000;
const PORT = 7007;
const SERVERS = "(netbench udp-server >/dev/null 2>&1 &); (netbench tcp-server >/dev/null 2>&1 &)";
const card = (name, address) => `ip address add ${address}/24 dev ${name}; ip link set ${name} up`;

/** One card of alice/a leads to a box beside it, the other out to bob. */
const LAB = {
  id: "network",
  platforms: [
    {
      id: "alice",
      vms: [
        { name: "a", image: IMAGE, nics: [{ connect: ["b"] }, { connect: ["eth0"] }] },
        { name: "b", image: IMAGE, nics: [{}] },
      ],
    },
    { id: "bob", vms: [{ name: "c", image: IMAGE, nics: [{ connect: ["eth0"] }] }] },
  ],
  wires: [{ id: "lan", ends: ["alice", "bob"] }],
};

/** What netbench prints: key=value pairs. */
const figures = (output) =>
  Object.fromEntries([...output.matchAll(/(\w+)=(\d+)/g)].map(([, key, value]) => [key, Number(value)]));

export async function network(pages, { runs, quick, tell }) {
  const datagrams = quick ? 300 : 1000;
  const mib = quick ? 8 : 32;
  const rounds = quick ? 2 : 2 * runs;
  const terra = await pages.terra();
  const direct = await pages.direct();
  const inTerra = (box, command) =>
    step(
      terra.page.evaluate(([name, text, ms]) => window.bench.run(name, text, ms), [box, command, BURST_MS]),
      `"${command}" in ${box}`,
      BURST_MS + STEP_MS,
    );
  const inDirect = (box, command) =>
    step(
      direct.page.evaluate(([number, text, ms]) => window.direct.run(number, text, ms), [box, command, BURST_MS]),
      `"${command}" in box ${box} of two wired directly`,
      BURST_MS + STEP_MS,
    );
  tell("starting five boxes");
  await step(
    terra.page.evaluate(([lab, ms]) => window.bench.openWith(lab, ms), [LAB, BOOT_MS]),
    "opening a lab",
    STEP_MS,
  );
  await step(
    direct.page.evaluate(([image, ms]) => window.direct.start(image, ms), [IMAGE, BOOT_MS]),
    "two boxes wired directly",
    STEP_MS,
  );
  await inTerra("a", `${card("eth0", "10.0.0.1")}; ${card("eth1", "10.0.1.1")}`);
  await inTerra("b", `${card("eth0", "10.0.0.2")}; ${SERVERS}`);
  await inTerra("bob/c", `${card("eth0", "10.0.1.2")}; ${SERVERS}`);
  await inDirect(0, card("eth0", "10.0.0.1"));
  await inDirect(1, `${card("eth0", "10.0.0.2")}; ${SERVERS}`);

  const ways = {
    direct: { run: inDirect, box: 0, to: "10.0.0.2", page: direct },
    // The same once more: how far the two differ is what this machine's noise makes of nothing.
    again: { run: inDirect, box: 0, to: "10.0.0.2", page: direct },
    switch: { run: inTerra, box: "a", to: "10.0.0.2", page: terra },
    wire: { run: inTerra, box: "a", to: "10.0.1.2", page: terra },
  };
  const of = {};
  const variants = {};
  for (const [name, { run, box, to, page }] of Object.entries(ways)) {
    of[name] = { mean: [], least: [], rate: [], tripCpu: [], dataCpu: [], lost: 0 };
    const pid = await rendererOf(pages.browser, page.page);
    const timed = async (command) => {
      const used = cpuMs(pid);
      const { output } = await run(box, command);
      return { ...figures(output), cpu: cpuMs(pid) - used };
    };
    variants[name] = async () => {
      const trip = await timed(`netbench udp --port ${PORT} --count ${datagrams} ${to}`);
      of[name].mean.push(trip.mean_us);
      of[name].least.push(trip.min_us);
      of[name].lost += trip.lost;
      of[name].tripCpu.push((trip.cpu / datagrams) * 1000);
      const data = await timed(`netbench tcp --port ${PORT} --mib ${mib} ${to}`);
      of[name].rate.push(data.bytes_per_s / 2 ** 20);
      of[name].dataCpu.push(data.cpu / mib);
    };
  }
  // Not counted: compiling the guests' code takes three of four processor seconds of the first bursts, and none of the fifth.
  const { again: _, ...once } = variants;
  await takeTurns(quick ? 1 : 4, once, (what) => tell(`warm-up ${what}`));
  for (const name of Object.keys(of)) of[name] = { mean: [], least: [], rate: [], tripCpu: [], dataCpu: [], lost: 0 };
  await takeTurns(rounds, variants, tell);
  await terra.close();
  await direct.close();

  const WAYS = {
    again: ["wired directly, measured again"],
    switch: ["through the switch", "1.1", "0.9"],
    wire: ["over a wire, two switches"],
  };
  const rows = (key, unit, what, goalAt) =>
    Object.entries(WAYS).map(([name, words]) => ({
      what: `${what}: ${words[0]}`,
      unit,
      values: of[name][key],
      baseline: { what: "two boxes wired directly", values: of.direct[key] },
      ...(goalAt && words[goalAt] ? { goal: words[goalAt] } : {}),
      ...(key === "mean" && of[name].lost > 0 ? { note: `${of[name].lost} datagrams were lost` } : {}),
    }));
  return [
    ...rows("mean", "µs", `round trip of 64 bytes, mean of ${datagrams}`, 1),
    ...rows("least", "µs", "  the fastest of them"),
    ...rows("tripCpu", "µs", "  processor time of the page's process for each"),
    ...rows("rate", "MiB/s", `TCP, ${mib} MiB`, 2),
    ...rows("dataCpu", "ms", "  processor time of the page's process for a MiB"),
  ];
}
