import { setTimeout as sleep } from "node:timers/promises";
import { frameGaps } from "../frame-gaps.mjs";

/** The guests' code is compiled while they play their first seconds. */
const WARM_UP_MS = 30_000;

const player = (name, address, seed) => ({
  name,
  image: "game-open",
  nics: [{ role: "internet", connect: ["eth0"] }],
  config: { address, peer: "10.0.0.1", name, bot: "1", seed, aim: "4", fps: "25" },
});
const machine = (id, vm) => ({ id, title: id, focus: vm.name, vms: [vm] });
const server = machine("host", {
  name: "server",
  image: "game-server-open",
  nics: [{ role: "internet", connect: ["eth0"] }],
  config: { address: "10.0.0.1/24" },
});
const blue = machine("alice", player("blue", "10.0.0.2/24", "7"));
const red = machine("bob", player("red", "10.0.0.3/24", "11"));

const lab = (platforms) => ({
  id: "bench",
  title: "bench",
  platforms,
  wires: [{ id: "internet", ends: platforms.map(({ id }) => id) }],
});

/** What the clients' own logs say of `ms`: frames a second and round trips, and the gaps between the page's frames meanwhile. */
async function played(page, platforms, ms, tell) {
  const boxes = platforms.filter(({ id }) => id !== "host").map(({ id, vms: [vm] }) => `${id}/${vm.name}`);
  tell(`opening a lab with ${boxes.length + 1} boxes`);
  await page.evaluate((description) => window.terra.open(description), lab(platforms));
  const run = (box, command) =>
    page.evaluate(
      async ([path, line]) => (await window.terra.lab.vm(path).console.run(line, { timeoutMs: 120_000 })).output,
      [box, command],
    );
  for (const box of boxes) await run(box, "until grep -q playing /run/player.log; do sleep 0.2; done");
  tell("warming up");
  await sleep(WARM_UP_MS);
  tell("playing");
  const gaps = await frameGaps(page, ms, async () => {});
  // A line a second.
  const lines = [];
  for (const box of boxes) lines.push(await run(box, `tail -n ${Math.round(ms / 1000)} /run/player.log`));
  const of = (pattern) => lines.flatMap((text) => [...text.matchAll(pattern)].map((found) => Number(found[1])));
  return { fps: of(/fps ([\d.]+)/g), rtt: of(/rtt ([\d.]+) ms/g), gap: gaps.worst };
}

/** Frames a second of each guest, round trips in the game, and the page's frames: two players, and one alone with the server. */
export async function game(pages, { quick, tell }) {
  const ms = quick ? 10_000 : 30_000;
  const terra = await pages.terra();
  terra.page.setDefaultTimeout(300_000);
  const one = await played(terra.page, [blue, server], ms, tell);
  const two = await played(terra.page, [blue, red, server], ms, tell);
  await terra.close();
  const beside = (what) => ({ what: "one player and the server", values: one[what] });
  return [
    {
      what: "frames a second in each client, second by second",
      unit: "",
      values: two.fps,
      baseline: beside("fps"),
      goal: "20",
    },
    { what: "round trip in the game, client and server", unit: "ms", values: two.rtt, baseline: beside("rtt") },
    {
      what: "worst gap between the page's frames",
      unit: "ms",
      values: [two.gap],
      baseline: { what: "one player and the server", values: [one.gap] },
      goal: "50 ms",
    },
  ];
}
