import { afterEach, describe, expect, test } from "vitest";
import { connect, serve } from "../protocol/channel.ts";
import type { FrameBatch } from "../protocol/frames.ts";
import { type MediaRequest, parseMediaRequest } from "../protocol/media.ts";
import type { VmEvent, VmInit, VmRequest } from "../protocol/vm.ts";
import { start } from "./main.ts";
import { wasm } from "./testing/guest.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";

const over: (() => void)[] = [];
afterEach(() => {
  for (const each of over.splice(0)) each();
});

/** A medium behind a port, as the physical realm serves it, by way of its own door. */
function medium(bytes: Uint8Array<ArrayBuffer>) {
  const { port1, port2 } = new MessageChannel();
  serve<MediaRequest>(port1, parseMediaRequest, (request) => {
    if (request.op === "read") return bytes.slice(request.offset, request.offset + request.length);
    if (request.op === "write") bytes.set(request.bytes, request.offset);
    return undefined;
  });
  return { bytes, port: port2, takeOut: () => port1.close() };
}

/** Image pc as its TVMM starts it, with a raw disk and a network card, and what may be asked of it. */
async function pc(change: Partial<VmInit> = {}) {
  const image = builtImage("pc");
  const raw = medium(new Uint8Array(64 * 1024).fill(0x2e));
  const wire = new MessageChannel();
  const { port1, port2 } = new MessageChannel();
  const size = image.disk.length;
  await start({
    memoryMiB: image.descriptor.memoryMiB,
    commandLine: image.descriptor.commandLine,
    stub: image.stub,
    kernel: image.kernel,
    wasm: wasm(),
    disks: [
      { device: "dev1", serial: "boot", size, readOnly: true, source: { type: "pinned", bytes: image.disk } },
      {
        device: "dev2",
        serial: "scratch",
        size: raw.bytes.length,
        readOnly: false,
        source: { type: "medium", medium: "pc.scratch", port: raw.port },
      },
    ],
    nics: [{ device: "dev3", pci: 8, mac: "02:00:5e:00:00:08", port: wire.port2 }],
    serials: { console: true, attestation: false, management: false },
    display: false,
    strip: { name: "pc", kind: "open", colour: "blue" },
    cpuShare: 1,
    inspectable: true,
    port: port2,
    ...change,
  });
  const vm = connect<VmRequest, VmEvent>(port1);
  let output = "";
  let waiting: { text: string; done(): void }[] = [];
  vm.onEvent((event) => {
    if (event.type !== "serial") return;
    output += String.fromCharCode(...event.bytes);
    for (const each of waiting) if (output.includes(each.text)) each.done();
    waiting = waiting.filter((each) => !output.includes(each.text));
  });
  const said = (text: string) =>
    output.includes(text) ? Promise.resolve() : new Promise<void>((done) => waiting.push({ text, done }));
  const say = (line: string) => vm.call({ op: "serial", line: 1, bytes: new TextEncoder().encode(line) });
  let commands = 0;
  const shell = async (command: string) => {
    const word = `done ${++commands}`;
    const from = output.length;
    await say(`${command}\necho ${word}\n`);
    await said(`${word}\r\n`);
    return output.slice(from, output.lastIndexOf(`${word}\r\n`)).replaceAll("\r", "");
  };
  const run = async () => {
    await vm.call({ op: "run" });
    await said("# \x1b[6n");
    await say('stty -echo; PS1=; echo rea"dy"\n');
    await said("ready\r\n");
  };
  over.push(() => {
    // Nothing runs without a processor.
    void vm.call({ op: "suspend" }).catch(() => {});
    raw.takeOut();
    wire.port1.close();
  });
  return { vm, raw, wire: wire.port1, run, shell, output: () => output };
}

describe.skipIf(!imagesBuilt)("a box without a display", () => {
  test("its raw disk is written, flushed and read; taken out, it is broken, and the guest goes on", async () => {
    const { raw, run, shell } = await pc();
    await run();
    expect(await shell("cat /sys/block/vdb/serial /sys/block/vdb/size /sys/block/vdb/ro")).toBe("scratch128\n0\n");
    await shell(
      "echo written by the guest > text; dd if=text of=/dev/vdb bs=512 seek=3 conv=notrunc,fsync 2>/dev/null",
    );
    expect(new TextDecoder().decode(raw.bytes.subarray(1536, 1536 + 22))).toBe("written by the guest\n.");
    raw.bytes.set(new TextEncoder().encode("changed outside"), 8192);
    expect(await shell("dd if=/dev/vdb bs=1 skip=8192 count=15 2>/dev/null")).toBe("changed outside");
    raw.takeOut();
    expect(await shell("dd if=/dev/vdb of=/dev/null bs=4k skip=8 count=1")).toContain("Input/output error");
    expect(await shell("dd if=text of=/dev/vdb bs=512 conv=notrunc,fsync")).toContain("Input/output error");
    expect(await shell("echo $((6*7))")).toBe("42\n");
  });

  test("what it reads of a disk that was checked before the start is told to nobody", async () => {
    const { vm, run, shell } = await pc();
    const events: VmEvent["type"][] = [];
    vm.onEvent(({ type }) => events.push(type));
    await run();
    await shell("cat /bin/busybox /sbin/* > /dev/null 2>&1");
    // What had gathered would be told now.
    await vm.call({ op: "suspend" });
    expect(events).toContain("serial");
    expect(events).not.toContain("blocks");
  });

  test("suspended it executes nothing and answers all the same; frames of that time come afterwards", async () => {
    const { vm, wire, run, shell, output } = await pc();
    await run();
    await shell("ip link set eth0 up; ip address add 10.0.0.8/24 dev eth0");
    await vm.call({ op: "suspend" });
    await expect(vm.call({ op: "suspend" })).rejects.toMatchObject({ code: "bad-state" });
    const before = await vm.call({ op: "figures" });
    const said = output().length;
    // ARP (RFC 826): 10.0.0.1 asks everybody who 10.0.0.8 is.
    const us = [2, 0, 0, 0, 0, 1];
    const asks = [0, 1, 8, 0, 6, 4, 0, 1, ...us, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 8];
    const question = Uint8Array.from([255, 255, 255, 255, 255, 255, ...us, 8, 6, ...asks]);
    const answered = new Promise<Uint8Array>((resolve) => {
      wire.onmessage = ({ data }: MessageEvent<FrameBatch>) => {
        for (const frame of data.frames) if (frame[12] === 8 && frame[13] === 6 && frame[21] === 2) resolve(frame);
      };
    });
    wire.postMessage({ frames: [question] });
    expect(await vm.call({ op: "read-memory", address: 0x100000, length: 16 })).toHaveLength(16);
    await vm.call({ op: "serial", line: 1, bytes: new TextEncoder().encode("echo typed meanwhile\n") });
    expect(await vm.call({ op: "figures" })).toEqual(before);
    expect(output()).toHaveLength(said);
    await vm.call({ op: "resume" });
    expect([...(await answered).subarray(6, 12)]).toEqual([2, 0, 0x5e, 0, 0, 8]);
    expect(await shell("true")).toBe("typed meanwhile\n");
    await expect(vm.call({ op: "resume" })).rejects.toMatchObject({ code: "bad-state" });
    expect(await vm.call({ op: "share", share: 0.5 })).toBeUndefined();
    expect(await shell("echo on")).toBe("on\n");
  });

  test("its owner may look into it, but for a screen that it does not have", async () => {
    const { vm, run, shell } = await pc();
    await run();
    const builder = new TextEncoder().encode("(terra@lab)");
    const state = (await vm.call({ op: "snapshot" })) as Uint8Array;
    expect(Buffer.from(state.buffer).includes(builder)).toBe(true);
    for (let piece = 0; piece < 4; piece++) {
      const bytes = (await vm.call({ op: "read-memory", address: piece << 24, length: 1 << 24 })) as Uint8Array;
      const memory = Buffer.from(bytes.buffer);
      for (let at = memory.indexOf(builder); at >= 0; at = memory.indexOf(builder, at + 1)) {
        const address = (piece << 24) + at;
        await vm.call({ op: "write-memory", address, bytes: new TextEncoder().encode("(owned@lab)") });
      }
    }
    expect(await shell("cat /proc/version")).toMatch(/^Linux version 6\.\S+ \(owned@lab\)/);
    await vm.call({ op: "send-keys", text: "echo 'Keys!' > /tmp/keys\n" });
    expect(await shell("while [ ! -s /tmp/keys ]; do sleep 0.1; done; cat /tmp/keys")).toBe("Keys!\n");
    await expect(vm.call({ op: "screenshot" })).rejects.toMatchObject({ code: "bad-state" });
    await expect(vm.call({ op: "read-memory", address: 64 << 20, length: 1 })).rejects.toMatchObject({
      code: "bad-argument",
    });
  });

  test.each([[[8, 8]], [[7]], [[16]]])("network cards in the slots %j are refused", async (slots) => {
    const { port1, port2 } = new MessageChannel();
    const nics = slots.map((pci) => ({ device: `dev${pci}`, pci, mac: "02:00:00:00:00:01", port: port1 }));
    await expect(pc({ nics, port: port2 })).rejects.toThrow(/^bad-argument: network cards have the PCI numbers/);
  });

  test.each<VmRequest>([
    { op: "read-memory", address: 0, length: 1 },
    { op: "read-memory", address: 2 ** 32 - 1, length: 1 },
    { op: "write-memory", address: 0, bytes: Uint8Array.of(1) },
    { op: "screenshot" },
    { op: "snapshot" },
    { op: "send-keys", text: "x" },
  ])("a closed one is not looked into: $op", async (request) => {
    const { vm } = await pc({ inspectable: false });
    await expect(vm.call(request)).rejects.toMatchObject({ code: "closed-box" });
  });
});
