import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";

const bench = benches();

describe("making VMs and devices", () => {
  it("names are unique, also for two calls at once", async () => {
    const tb = await bench();
    await tb.box("hello");
    const config = { name: "twin", medium: "hello.firmware", image: "hello" };
    const results = await Promise.allSettled([
      tb.ask({ op: "create-vm", config }),
      tb.ask({ op: "create-vm", config }),
      tb.ask({ op: "create-vm", config: { ...config, name: "hello" } }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  });

  it("no VM is named like another end of a message", async () => {
    const tb = await bench();
    for (const name of ["tvmm", "owner", "verifier", "open", "closed"]) {
      await expect(tb.box(name)).rejects.toThrow(/^bad-argument: config.name/);
    }
  });

  it("a medium has one user", async () => {
    const tb = await bench();
    const { image } = await tb.box("hello");
    const { root, salt } = image.descriptor.boot;
    const device = { type: "disk", medium: "hello.boot", class: "attested", root, salt } as const;
    await expect(tb.ask({ op: "create-device", device })).rejects.toThrow(/^busy: /);
    await expect(tb.ask({ op: "create-device", device: { ...device, medium: "nowhere" } })).rejects.toThrow(
      /^unknown-disk: /,
    );
  });

  it("a closed box without a root, unchecked, or too large is refused", async () => {
    const tb = await bench();
    await expect(tb.box("hello", {}, { checking: "none" })).rejects.toThrow(/^bad-argument: hello is a closed box/);
    await expect(
      tb.box("rootless", { change: (descriptor) => Object.assign(descriptor.boot, { root: "" }) }),
    ).rejects.toThrow(/^bad-argument: .*boot\.root/);
    await expect(tb.box("large", { memoryMiB: 1024 })).rejects.toThrow(/^out-of-memory: /);
  });

  it("what is not offered yet says so", async () => {
    const tb = await bench();
    for (const request of [
      { op: "create-device", device: { type: "disk", medium: "hello.boot", class: "integrity" } },
      { op: "create-device", device: { type: "disk", medium: "hello.boot", class: "encrypted", counter: true } },
    ] as const) {
      await expect(tb.ask(request)).rejects.toThrow(/^unsupported: /);
    }
  });
});
