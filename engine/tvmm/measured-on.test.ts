/** What ON checks, and what it does with content and disks that are not what they must be. */
import { describe, expect, it } from "vitest";
import type { MeasurementNode } from "../protocol/owner.ts";
import { benches } from "./testing/benches.ts";
import { workerOf } from "./testing/guest.ts";

const bench = benches();

describe("disks", () => {
  it("gives the guest the disk of the descriptor, on its serial and behind the checks asked for", async () => {
    const tb = await bench();
    const one = await tb.box("one", {}, { checking: "optimistic" });
    await tb.ask({ op: "on", vm: one.vm });
    const [disk] = workerOf(tb).init.disks;
    expect(disk).toMatchObject({ device: one.boot, serial: "boot", size: 300 * 4096, readOnly: true });
    expect(disk?.source).toMatchObject({ type: "medium", medium: "one.boot" });
    expect(disk?.source.type === "medium" && disk.source.check?.leaves.length).toBe(300 * 32);

    const two = await tb.box("two", {}, { checking: "ahead-of-time" });
    await tb.ask({ op: "on", vm: two.vm });
    const pinned = workerOf(tb).init.disks[0]?.source;
    expect(pinned?.type === "pinned" && pinned.bytes).toEqual(two.image.boot.slice(0, 300 * 4096));

    const open = await tb.box("three", { kind: "open" }, { checking: "none" });
    const read = tb.disks.reads.get("three.boot");
    await tb.ask({ op: "on", vm: open.vm });
    expect(workerOf(tb).init.disks[0]?.source).not.toHaveProperty("check");
    expect(tb.disks.reads.get("three.boot")).toBe(read);
  });
});

describe("tampering", () => {
  const flip = (bytes: Uint8Array, at: number) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  };

  for (const checking of ["ahead-of-time", "optimistic"] as const) {
    it(`a wrong tree is refused at ON (${checking})`, async () => {
      const tb = await bench();
      const { vm, image } = await tb.box("hello", {}, { checking });
      flip(image.boot, 300 * 4096 + 4096 + 3);
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: the hash tree of disk boot: hash block 1 /i);
      expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { reason: "integrity", disk: "boot" } });
      expect(tb.workers.workers).toEqual([]);
      expect(tb.messages("halt")[0]).toMatchObject({ to: "alice/hello", outcome: "refused" });
      expect(tb.messages("power").at(-1)).toMatchObject({ to: "alice/hello", outcome: "refused" });
    });
  }

  it("ahead of time: a wrong block is named, and the box never starts", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello", {}, { checking: "ahead-of-time" });
    flip(image.boot, 217 * 4096 + 5);
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: block 217 of disk boot/);
    expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { disk: "boot", block: 217 } });
    const path = ["chip", "firmware", "loader", "tvmm", "hello", "boot", "1"];
    const node = (await tb.ask({ op: "measurements", vm, options: { path, depth: 1 } })) as MeasurementNode;
    expect(node.blocks).toEqual({ size: 4096, total: 128, verified: 127, failed: 1 });
    expect(node.children?.find(({ state }) => state === "failed")?.name).toBe("217");
    flip(image.boot, 217 * 4096 + 5);
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.halt).toBeUndefined();
  });

  it("optimistic: a halt of the worker names disk and block, and a new ON starts afresh", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello", {}, { checking: "optimistic" });
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    worker.emit({ type: "blocks", device: boot, verified: [0, 1, 2], failed: [] });
    worker.emit({
      type: "halt",
      halt: { reason: "integrity", disk: boot, block: 9, expected: "a".repeat(64), found: "b".repeat(64) },
    });
    await tb.until(() => tb.messages("halt").length > 0);
    expect(await tb.status(vm)).toMatchObject({
      state: "halted",
      halt: { reason: "integrity", disk: "boot", block: 9 },
    });
    // The picture stays for the person; nothing else does.
    expect(worker.terminated).toBe(false);
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
    await expect(tb.person({ op: "type", text: "x" })).rejects.toThrow(/^bad-state: /);
    worker.emit({ type: "blocks", device: boot, verified: [4, 5], failed: [] });
    expect(await tb.person({ op: "text", vm })).toEqual({
      strip: expect.stringMatching(/^hello · closed · .* · halted: integrity · \S+ \(\S+\)$/),
      screen: "screen",
    });
    expect(tb.messages("halt")[0]?.summary).toContain("disk boot, block 9");
    const tree = (await tb.ask({
      op: "measurements",
      vm,
      options: { path: ["chip", "firmware", "loader", "tvmm", "hello", "boot"] },
    })) as MeasurementNode;
    expect(tree).toMatchObject({ state: "failed", blocks: { total: 300, verified: 3, failed: 1 } });
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    expect([worker.terminated, tb.workers.alive()]).toEqual([true, 1]);
  });

  for (const part of ["stub", "kernel"] as const) {
    it(`a changed ${part} is refused at ON with both digests`, async () => {
      const tb = await bench();
      const { vm, image } = await tb.box("hello");
      const at = image.firmware.length - (part === "kernel" ? 512 : 1024);
      flip(image.firmware, at);
      const { sha256 } = image.descriptor.firmware[part];
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(new RegExp(`^integrity: the ${part} .* says ${sha256}$`));
      expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { reason: "integrity", part } });
    });
  }

  it("a descriptor that changed since CREATE-VM is refused at ON", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    flip(image.firmware, 512 + 30);
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: the descriptor in hello.firmware/);
  });
});

describe("boot disk and slots", () => {
  it("another disk, no disk, or two disks in slot 0 are refused", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello");
    const other = await tb.box("other");
    await tb.ask({ op: "detach", vm, device: boot });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: hello has no boot disk/);
    await tb.ask({ op: "detach", vm: other.vm, device: other.boot });
    await tb.ask({ op: "attach", vm, device: other.boot });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: the boot disk of hello has root/);
    await expect(tb.ask({ op: "attach", vm, device: boot })).rejects.toThrow(/^refused: hello has two disks in slot 0/);
  });

  it("a required disk must be there, and is a secondary identity", async () => {
    const tb = await bench();
    const trust = (await tb.box("trust")).image;
    const devices = [
      { type: "disk" as const, slot: 1, name: "trust", required: true, classes: ["attested" as const], counter: false },
    ];
    const { vm } = await tb.box("hello", { devices });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: slot 1 \(trust\) of hello is empty/);
    tb.disks.media.set("site", { kind: "disk", bytes: trust.boot });
    const { root, salt } = trust.descriptor.boot;
    const device = (await tb.ask({
      op: "create-device",
      device: { type: "disk", medium: "site", class: "attested", root, salt, slot: 1 },
    })) as string;
    await tb.ask({ op: "attach", vm, device });
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.disks.map(({ serial }) => serial)).toEqual(["boot", "trust"]);
    expect(await tb.ask({ op: "identity", vm })).toMatchObject({ secondary: { trust: root } });
  });
});
