/** What appraising each other costs two boxes: connections with attestation and plain mutual TLS, in turns, between the same two. */
import { step } from "../pages.mjs";

const ROUNDS = 20;
const WAIT_MS = 300_000;

const box = (end, address) => ({
  name: `tlsbench-${end}`,
  image: `tlsbench-${end}`,
  nics: [{ role: "internet", connect: ["eth0"] }],
  config: { address, ...(end === "client" ? { peer: "10.0.0.1" } : {}) },
});

/** The server first: the client calls until somebody answers. */
const LAB = {
  id: "tlsbench",
  platforms: [
    { id: "bank", vms: [box("server", "10.0.0.1/24")] },
    { id: "alice", vms: [box("client", "10.0.0.2/24")] },
  ],
  wires: [{ id: "internet", ends: ["bank", "alice"] }],
};

export async function banking(pages, { quick, tell }) {
  const terra = await pages.terra();
  tell(`${ROUNDS} connections of each kind`);
  const log = await step(
    terra.page.evaluate(
      async ({ lab, count, ms }) => {
        // No vendor vouches for images that only measure: each end accepts the other's digest.
        const images = await window.terra.images();
        const digest = (image) => ({ accept: { vm: [{ digest: images.find(({ id }) => id === image)?.primary }] } });
        const roles = { "tlsbench-client": digest("tlsbench-server"), "tlsbench-server": digest("tlsbench-client") };
        const { console } = (await window.terra.open({ ...lab, trust: { roles } })).vm("alice/tlsbench-client");
        await console.waitFor(new RegExp(`(plain us=\\d+[^]*?){${count}}\\n`), { from: 0, timeoutMs: ms });
        return console.text();
      },
      { lab: LAB, count: quick ? 4 : ROUNDS, ms: WAIT_MS },
    ),
    "connections between two boxes",
    WAIT_MS,
  );
  const times = (kind) => [...log.matchAll(new RegExp(`${kind} us=(\\d+)`, "g"))].map(([, us]) => Number(us) / 1000);
  const rows = [
    {
      what: "connection until the bank's first word, each end appraising the other",
      unit: "ms",
      values: times("attested"),
      baseline: { what: "plain mutual TLS", values: times("plain") },
    },
  ];
  if (!quick) {
    for (const [scenario, goal] of [["banking", "45 s"], ["owner"]]) {
      tell(`scenario ${scenario}`);
      const report = await step(
        terra.page.evaluate((id) => window.terra.runScenario(id), scenario),
        `scenario ${scenario}`,
        2 * WAIT_MS,
      );
      const note = report.passed ? {} : { note: "not as expected" };
      rows.push({
        what: `scenario ${scenario}, from opening its lab`,
        unit: "s",
        values: [report.durationMs / 1000],
        ...(goal ? { goal } : {}),
        ...note,
      });
    }
  }
  await terra.close();
  return rows;
}
