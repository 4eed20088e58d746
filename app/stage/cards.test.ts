import { describe, expect, it } from "vitest";
import { type Facts, noFacts, reduce } from "../facts/facts.ts";
import { cardEnds, cardLines } from "./cards.ts";
import { columns, fitsFull } from "./layout.ts";

const place = (left: number, right: number, top: number, bottom: number) => ({ left, right, top, bottom });
const anchors = {
  alice: place(0, 600, 0, 300),
  "alice/tvmm": place(10, 590, 200, 240),
  "device:alice/dev1": place(100, 100, 192, 192),
  "device:alice/dev2": place(300, 300, 192, 192),
  "wire:lan": place(600, 712, 220, 220),
};

function facts(): Facts {
  const device = (id: string, connectedTo: string[], attachedTo?: string) =>
    ({
      type: "device",
      platform: "alice",
      device: id,
      status: { id, type: "nic", connectedTo, ...(attachedTo === undefined ? {} : { attachedTo }) },
    }) as const;
  return [device("dev1", ["dev2", "eth0"], "vm1"), device("dev2", ["dev1"], "vm2"), device("dev3", [])].reduce<Facts>(
    reduce,
    reduce(noFacts, {
      type: "lab",
      lab: {
        id: "owner",
        title: "",
        platforms: [{ id: "alice", title: "", managedFromPage: true }],
        wires: [{ id: "lan", ends: [{ platform: "alice", nic: "eth0" }] }],
      },
    }),
  );
}

describe("cards on the stage", () => {
  const { machines, wires } = facts();
  const [machine] = machines;
  if (!machine) throw new Error("the machine is gone");
  const ends = cardEnds(machine, wires, anchors, 600);

  it("end at their boxes’ feet, at the machine’s frame, or, loose, on the TVMM; taken where connected", () => {
    expect(ends).toEqual([
      { id: "eth0", x: 600, y: 220, taken: true, side: "edge" },
      { id: "dev1", x: 100, y: 196, taken: true, side: "top" },
      { id: "dev2", x: 300, y: 196, taken: true, side: "top" },
      { id: "dev3", x: 574, y: 200, taken: false, side: "top" },
    ]);
  });

  it("are joined by one line a connection, none on another’s height, the wire’s own straight on", () => {
    const lines = cardLines(machine, wires, anchors, ends);
    expect(lines.map(({ key }) => key)).toEqual(["eth0 dev1", "dev1 dev2"]);
    const heights = lines.map(({ inside }) => Number(/ (\d+)H/.exec(inside)?.[1]));
    expect(heights[0]).toBe(220);
    expect(heights[1]).not.toBe(heights[0]);
    expect(heights[1]).toBeGreaterThan(200);
    expect(heights[1]).toBeLessThan(240);
  });
});

describe("the stage’s full form", () => {
  const { machines } = facts();
  it("holds two machines and six boxes, in shares of their boxes", () => {
    expect(fitsFull([...machines, ...machines])).toBe(true);
    expect(fitsFull([...machines, ...machines, ...machines])).toBe(false);
    expect(columns([...machines, ...machines])).toBe("minmax(0, 240fr) var(--wires) minmax(216px, 240fr)");
  });
});
