import { describe, expect, test } from "vitest";
import { boot } from "./testing/boot.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";
import { type NetworkCard, plugInCard } from "./virtio-net.ts";

interface Plug {
  pci: number;
  mac: string;
  port: MessagePort;
}

/** Image pc with these network cards. */
async function networked(...plugs: Plug[]) {
  const cards: NetworkCard[] = [];
  const box = await boot(
    builtImage("pc"),
    { plugIn: (board) => cards.push(...plugs.map((plug) => plugInCard(board, plug))) },
    {
      slice() {
        for (const card of cards) card.service();
      },
      halt() {
        for (const card of cards) card.unplug();
      },
    },
  );
  await box.machine.run();
  return box;
}

describe.skipIf(!imagesBuilt)("guests at the ends of wires", () => {
  test("see their cards in the order of their slots and ping each other, as long as the other one runs", async () => {
    const [left, right] = [new MessageChannel(), new MessageChannel()];
    const [a, b, c] = await Promise.all([
      networked({ pci: 8, mac: "02:00:00:00:00:0a", port: left.port1 }),
      networked(
        { pci: 15, mac: "02:00:00:00:00:bf", port: right.port1 },
        { pci: 9, mac: "02:00:00:00:00:b9", port: left.port2 },
      ),
      networked({ pci: 11, mac: "02:00:00:00:00:0c", port: right.port2 }),
    ]);
    const up = (card: string, address: string) => `ip link set ${card} up; ip address add ${address}/24 dev ${card}`;
    await a.shell(up("eth0", "10.0.1.1"));
    await b.shell(`${up("eth0", "10.0.1.2")}; ${up("eth1", "10.0.2.2")}`);
    await c.shell(up("eth0", "10.0.2.3"));
    expect(await b.shell("cat /sys/class/net/eth?/address")).toBe("02:00:00:00:00:b9\n02:00:00:00:00:bf\n");
    expect(await a.shell("ping -c 20 -i 0.02 10.0.1.2")).toContain("20 packets received");
    expect(await c.shell("ping -c 20 -i 0.02 -s 1472 10.0.2.2")).toContain("20 packets received");
    b.machine.halt({ reason: "test" });
    expect(await c.shell("ping -c 2 -i 0.1 -W 1 10.0.2.2")).toContain("2 packets transmitted, 0 packets received");
    for (const box of [a, c]) box.machine.halt({ reason: "test" });
  });

  test("carry a file over TCP whole, in both directions at once", async () => {
    const { port1, port2 } = new MessageChannel();
    const [a, b] = await Promise.all([
      networked({ pci: 8, mac: "02:00:00:00:00:01", port: port1 }),
      networked({ pci: 8, mac: "02:00:00:00:00:02", port: port2 }),
    ]);
    const boxes = [a, b].map((box, index) => ({ ...box, own: `10.0.0.${1 + index}`, other: `10.0.0.${2 - index}` }));
    for (const { shell, own } of boxes) {
      await shell(`ip link set eth0 up; ip address add ${own}/24 dev eth0`);
      await shell(
        "dd if=/dev/urandom of=mine bs=64k count=2 2>/dev/null; sleep 999 | nc -l -p 7 > theirs & echo $! > listener",
      );
      await shell("until netstat -ltn | grep -q ':7 '; do sleep 0.1; done");
    }
    const sums = await Promise.all(boxes.map(({ shell, other }) => shell(`nc ${other} 7 < mine; md5sum < mine`)));
    const got = await Promise.all(
      boxes.map(({ shell }) => shell("while kill -0 $(cat listener) 2>/dev/null; do sleep 0.1; done; md5sum < theirs")),
    );
    expect(got).toEqual([sums[1], sums[0]]);
    expect(sums[0]).not.toBe(sums[1]);
    for (const box of boxes) box.machine.halt({ reason: "test" });
  });
});
