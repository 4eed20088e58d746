import { describe, expect, it } from "vitest";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { mediumOf, rowFor, rowsOf, splitTree, stateOf } from "./rows.ts";

const node = (kind: MeasurementNode["kind"], name: string, children: MeasurementNode[] = []): MeasurementNode => ({
  name,
  kind,
  digest: "0".repeat(64),
  state: "verified",
  children,
});
const treeOf = (box: string) =>
  splitTree(
    node("chip", "chip", [
      node("firmware", "firmware", [
        node("loader", "loader", [
          node("tvmm", "tvmm", [node("vm", box, [node("kernel", "stub"), node("disk", "boot")])]),
        ]),
      ]),
    ]),
  );

const boxNamed = (name: string) =>
  ({ id: name, platform: "alice", path: `alice/${name}`, status: { medium: `${name}.firmware` } }) as BoxFacts;
const machine = {
  info: { id: "alice" },
  measured: [],
  boxes: [boxNamed("pc"), boxNamed("hello")],
} as unknown as MachineFacts;
const answers = new Map(
  ["pc", "hello"].map((name) => [`alice/${name}`, { of: "", tree: treeOf(name), error: null }] as const),
);

describe("a machine's tree", () => {
  it("has the chain once, every box, and the parts of the open one", () => {
    const rows = rowsOf(machine, answers, "alice/hello");
    expect(rows.map(({ key, level, open }) => [key, level, open])).toEqual([
      ["alice/chip", 1, undefined],
      ["alice/firmware", 2, undefined],
      ["alice/loader", 3, undefined],
      ["alice/tvmm", 4, undefined],
      ["alice/pc", 5, false],
      ["alice/hello", 5, true],
      ["alice/hello/stub", 6, undefined],
      ["alice/hello/boot", 6, undefined],
    ]);
  });

  it("shows what was measured so far before there is a box", () => {
    const starting = {
      ...machine,
      boxes: [],
      measured: [{ name: "firmware", digest: "ab", size: 1 }],
    } as unknown as MachineFacts;
    expect(rowsOf(starting, new Map(), undefined).map(({ key }) => key)).toEqual(["alice/chip", "alice/firmware"]);
  });

  it("is gone through by arrows", () => {
    const rows = rowsOf(machine, answers, "alice/hello");
    const to = (key: string, from: string) => rowFor(key, rows, from)?.key;
    expect(to("ArrowDown", "alice/pc")).toBe("alice/hello");
    expect(to("ArrowRight", "alice/hello")).toBe("alice/hello/stub");
    expect(to("ArrowRight", "alice/pc")).toBeUndefined();
    expect(to("ArrowLeft", "alice/hello/boot")).toBe("alice/hello");
    expect(to("ArrowLeft", "alice/hello")).toBe("alice/tvmm");
    expect(to("ArrowUp", "alice/chip")).toBeUndefined();
    expect(to("End", "alice/chip")).toBe("alice/hello/boot");
  });

  it("judges a disk by its blocks", () => {
    const disk = { ...node("disk", "boot"), state: "unchecked" as const };
    const blocks = (verified: number, failed: number) => ({ verified, failed, states: new Uint8Array(4) });
    expect(stateOf(disk, blocks(0, 0))).toBe("unchecked");
    expect(stateOf(disk, blocks(4, 0))).toBe("verified");
    expect(stateOf(disk, blocks(3, 1))).toBe("failed");
    expect(stateOf(node("kernel", "stub"), blocks(0, 1))).toBe("verified");
  });
});

describe("the medium of an attested disk", () => {
  const disk = (medium: string, attachedTo = "hello") => ({
    id: medium,
    type: "disk",
    medium,
    class: "attested" as const,
    attachedTo,
    connectedTo: [],
  });
  const devices = [
    disk("hello.trust"),
    disk("hello.boot"),
    disk("pc.boot", "pc"),
    { ...disk("x"), class: "raw" as const },
  ];

  it("is the image's for the boot disk, and the one named after its slot for others", () => {
    expect(mediumOf(devices, boxNamed("hello"), "boot")).toBe("hello.boot");
    expect(mediumOf(devices, boxNamed("hello"), "trust")).toBe("hello.trust");
    expect(mediumOf(devices, boxNamed("pc"), "boot")).toBe("pc.boot");
    expect(mediumOf(devices, boxNamed("pc"), "trust")).toBeUndefined();
    expect(mediumOf([disk("hello.boot"), disk("disk-2")], boxNamed("hello"), "site")).toBe("disk-2");
  });
});
