import { describe, expect, test } from "vitest";
import { boot } from "./testing/boot.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";
import { type NetworkCard, plugInCard } from "./virtio-net.ts";

/** Image pc with one network card at the other end of this port. */
async function networked(port: MessagePort, number: number) {
  const cards: NetworkCard[] = [];
  const box = await boot(
    builtImage("pc"),
    { plugIn: (board) => cards.push(plugInCard(board, { pci: 7 + number, mac: `02:00:00:00:00:0${number}`, port })) },
    { slice: () => cards.forEach((card) => void card.service()) },
  );
  await box.machine.run();
  return { ...box, address: `10.0.0.${number}` };
}

describe.skipIf(!imagesBuilt)("two guests at the ends of one wire", () => {
  test("see their cards and ping each other", async () => {
    const { port1, port2 } = new MessageChannel();
    const [a, b] = await Promise.all([networked(port1, 1), networked(port2, 2)]);
    for (const box of [a, b]) {
      await box.shell(`ip link set eth0 up; ip address add ${box.address}/24 dev eth0`);
    }
    expect(await a.shell("cat /sys/class/net/eth0/address")).toBe("02:00:00:00:00:01\n");
    const said = await a.shell(`ping -c 20 -i 0.1 ${b.address}`);
    expect(said).toContain("20 packets transmitted, 20 packets received, 0% packet loss");
    for (const box of [a, b]) box.machine.halt({ reason: "test" });
  });
});
