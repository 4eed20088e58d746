import { describe, expect, it } from "vitest";
import type { Frame, Wire } from "../../engine/lab/api.ts";
import { direction, protocolOf } from "../facts/wires.ts";
import { fieldRows, fieldTints } from "./fields.ts";
import { flipped, putTap, useTaps } from "./taps.ts";

const frame = (...bytes: number[]): Frame => ({
  sequence: 1,
  time: 0,
  from: "alice/eth0",
  bytes: Uint8Array.from(bytes),
  layers: [],
});

/** A wire whose interceptors are called by hand. */
function handWire() {
  const handlers = new Map<string, Parameters<Wire["intercept"]>[0]>();
  let made = 0;
  const wire = {
    intercept: async (handler: Parameters<Wire["intercept"]>[0]) => {
      made += 1;
      handlers.set(`i${made}`, handler);
      return `i${made}`;
    },
    stopIntercept: async (id: string) => {
      handlers.delete(id);
    },
  } as unknown as Wire;
  return { wire, handlers, pass: (each: Frame) => Promise.all([...handlers.values()].map((handler) => handler(each))) };
}

describe("the page’s hand on a wire", () => {
  it("drops, changes one byte, or lets go, one at a time, and counts", async () => {
    const { wire, handlers, pass } = handWire();
    await putTap(wire, "lan", { kind: "drop" });
    expect(await pass(frame(1, 2))).toEqual([[]]);
    expect(useTaps.getState().lan).toMatchObject({ dropped: 1, passed: 0 });

    await putTap(wire, "lan", { kind: "flip", offset: 1 });
    expect(handlers.size).toBe(1);
    expect(await pass(frame(1, 2))).toEqual([[Uint8Array.of(1, 0xfd)]]);
    expect(await pass(frame(1))).toEqual([[Uint8Array.of(1)]]);
    expect(useTaps.getState().lan).toMatchObject({ changed: 1, passed: 1 });

    await putTap(wire, "lan", null);
    expect(handlers.size).toBe(0);
    expect(useTaps.getState().lan).toBeUndefined();
  });

  it("leaves the frame that it was given as it is", () => {
    const bytes = Uint8Array.of(0x0f);
    expect(flipped(bytes, 0)).toEqual(Uint8Array.of(0xf0));
    expect(bytes).toEqual(Uint8Array.of(0x0f));
  });
});

describe("frames", () => {
  it("are named by their innermost layer", () => {
    expect(protocolOf(["Ethernet, a → b", "IPv4, c → d", "ICMP, echo request"])).toBe("ICMP");
    expect(protocolOf([])).toBe("frame");
  });

  it("travel from the end that they came from; the attacker’s from nowhere", () => {
    const ends = [
      { platform: "alice", nic: "eth0" },
      { platform: "bob", nic: "eth0" },
    ];
    expect(direction(ends, "alice/eth0")).toBe("rightward");
    expect(direction(ends, "bob/eth0")).toBe("leftward");
    expect(direction(ends, "attacker")).toBe("outward");
  });

  it("have a tint a layer, and the chosen field before all", () => {
    const inner = { name: "Type", value: "8", offset: 14, length: 1 };
    const layers = [
      { name: "Ethernet", value: "", offset: 0, length: 14, fields: [] },
      { name: "ICMP", value: "", offset: 14, length: 8, fields: [inner] },
    ];
    expect(fieldRows(layers).map(({ field, depth }) => [field.name, depth])).toEqual([
      ["Ethernet", 0],
      ["ICMP", 0],
      ["Type", 1],
    ]);
    expect(fieldTints(layers, inner)[0]).toEqual({ offset: 14, length: 1, tint: "t2 picked" });
    expect(fieldTints(layers, null)).toHaveLength(2);
  });
});
