/** The network between boxes and machines, on real guests: connected and only then, and tshark as the judge of what a wire carried. */
import { expect, judge, save, test } from "./support.ts";

const LAB = {
  id: "net",
  platforms: [
    {
      id: "alice",
      vms: [
        { name: "pc", image: "pc", nics: [{ connect: ["eth0"] }] },
        { name: "second", image: "pc", nics: [{}] },
      ],
    },
    { id: "bob", vms: [{ name: "pc", image: "pc", nics: [{ connect: ["eth0"] }] }] },
  ],
  wires: [{ id: "lan", ends: ["alice", "bob"] }],
};

const tsharkFields = (file: string, filter: string, fields: string[]) =>
  judge("tshark", ["-r", file, "-Y", filter, "-T", "fields", ...fields.flatMap((field) => ["-e", field])])
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"));

test("tshark finds the pings between alice/pc and bob/pc in the capture of their wire, and nobody else's", async ({
  terra,
  folder,
}) => {
  const { answers, capture, frames } = await terra.evaluate(async (lab) => {
    const opened = await window.terra.open(lab);
    const shell = async (path: string, command: string) =>
      (await opened.vm(path).console.run(command, { timeoutMs: 60_000 })).output;
    await shell("bob/pc", "ip addr add 10.0.0.11/24 dev eth0; ip link set eth0 up");
    await shell("alice/second", "ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up");
    await shell("alice/pc", "ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up");
    const answers = await shell("alice/pc", "ping -c 3 10.0.0.11");
    // A box of the same machine that nobody connected: its frames are not on the wire.
    await shell("alice/second", "ping -c 1 -W 1 10.0.0.11; true");
    const wire = opened.wire("lan");
    const capture = await wire.pcapng();
    const frames = (await wire.frames()).map(({ sequence, from, layers }) => ({ sequence, from, layers }));
    return { answers, capture: Array.from(capture), frames };
  }, LAB);
  expect(answers).toContain("3 packets received");
  const file = save(folder, "lan.pcapng", Uint8Array.from(capture));
  const echoes = tsharkFields(file, "icmp", ["ip.src", "ip.dst", "icmp.type", "icmp.checksum.status", "frame.comment"]);
  expect(echoes.map(([from, to, type, sum]) => `${from} ${to} ${type} ${sum}`)).toEqual(
    [1, 2, 3].flatMap(() => ["10.0.0.1 10.0.0.11 8 1", "10.0.0.11 10.0.0.1 0 1"]),
  );
  expect(tsharkFields(file, "ip.addr == 10.0.0.2 || arp.src.proto_ipv4 == 10.0.0.2", ["frame.number"])).toEqual([]);
  // Each frame of the capture is one of the API's, with the same protocols.
  expect(tsharkFields(file, "frame", ["frame.number"]).length).toBe(frames.length);
  expect(new Set(frames.map(({ from }) => from))).toEqual(new Set(["alice/eth0", "bob/eth0"]));
  expect(frames.filter(({ layers }) => layers.some((layer) => /ICMP/.test(layer))).length).toBe(6);
});

test("an attacker on the wire changes, delays, doubles and injects frames, and the boxes see it", async ({ terra }) => {
  const seen = await terra.evaluate(async (lab) => {
    const opened = await window.terra.open(lab);
    const shell = async (path: string, command: string) =>
      (await opened.vm(path).console.run(command, { timeoutMs: 60_000 })).output;
    await shell("bob/pc", "ip addr add 10.0.0.11/24 dev eth0; ip link set eth0 up");
    await shell("alice/pc", "ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up");
    const wire = opened.wire("lan");
    const isReply = (frame: { layers: string[] }) => frame.layers.some((layer) => /echo.*reply/i.test(layer));
    const undisturbed = await shell("alice/pc", "ping -c 2 -W 2 10.0.0.11");
    const during = async (handler: Parameters<typeof wire.intercept>[0], command: string) => {
      const id = await wire.intercept(handler);
      const output = await shell("alice/pc", command);
      await wire.stopIntercept(id);
      return output;
    };
    const doubled = await during(
      (frame) => (isReply(frame) ? [frame.bytes, frame.bytes] : [frame.bytes]),
      "ping -c 2 -W 2 10.0.0.11",
    );
    const changed = await during((frame) => {
      const bytes = frame.bytes.slice();
      if (isReply(frame)) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return [bytes];
    }, "ping -c 1 -W 1 10.0.0.11; grep Icmp: /proc/net/snmp");
    const throwing = await during(() => {
      throw new Error("a handler that fails");
    }, "ping -c 1 -W 3 10.0.0.11");
    const after = await shell("alice/pc", "ping -c 1 -W 2 10.0.0.11");
    const before = Number(await shell("bob/pc", "cat /sys/class/net/eth0/statistics/rx_packets"));
    const injected = new Uint8Array(60).fill(0xff, 0, 6);
    injected.set([2, 0, 0, 0, 0, 9, 0x88, 0xb5], 6);
    await wire.inject(injected);
    const mine = await wire.waitForFrame((frame) => frame.from === "attacker");
    const rx = Number(await shell("bob/pc", "cat /sys/class/net/eth0/statistics/rx_packets")) - before;
    const short = await wire.inject(new Uint8Array(5)).catch((error: Error) => error.message);
    return { undisturbed, doubled, changed, throwing, after, rx, layers: mine.layers, short };
  }, LAB);
  expect(seen.undisturbed).toContain("2 packets received");
  expect(seen.doubled).toMatch(/2 packets received.*2 duplicates|DUP!/s);
  // The guest's kernel counts it: one message in error, because its checksum is wrong.
  expect(seen.changed).toMatch(/Icmp: \d+ 1 1 /);
  expect(seen.throwing, "a frame whose handler throws is passed on").toContain("1 packets received");
  expect(seen.after).toContain("1 packets received");
  expect(seen.rx).toBeGreaterThan(0);
  expect(seen.layers[0]).toMatch(/Ethernet/);
  expect(seen.short).toMatch(/^bad-argument: .*5 bytes|^bad-argument: .*14/);
});
