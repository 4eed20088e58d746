import { describe, expect, it } from "vitest";
import { pcapng } from "./pcapng.ts";
import { arp, ascii, ethernet, join, udp } from "./testing/build.ts";
import { judge } from "./testing/tshark.ts";

const at = Date.UTC(2026, 1, 3, 4, 5, 6);
const frame = (size: number) => ethernet(0x800, udp(61_000, 61_001, new Uint8Array(size)));

const capture = pcapng({
  interfaces: [{ name: "lan" }, { name: "wan, the other" }],
  frames: [
    { interface: 0, at: at + 0.001, bytes: ethernet(0x806, arp(1, "10.0.0.1", "10.0.0.2")), comment: "alice/eth0" },
    { interface: 1, at: at + 7.25, bytes: frame(1), comment: "the attacker’s, injected" },
    { interface: 0, at: at + 1000.5, bytes: frame(1472) },
  ],
});

const fields = (...names: string[]) =>
  judge("tshark", capture, ["-T", "fields", ...names.flatMap((name) => ["-e", name])])
    .trim()
    .split("\n");

describe("a capture", () => {
  it("has for tshark the frames, their times to the microsecond, interfaces and comments", () => {
    expect(fields("frame.time_epoch", "frame.len", "frame.cap_len", "frame.interface_name", "frame.comment")).toEqual([
      "1770091506.000001000\t42\t42\tlan\talice/eth0",
      "1770091506.007250000\t43\t43\twan, the other\tthe attacker’s, injected",
      "1770091507.000500000\t1514\t1514\tlan",
    ]);
    expect(fields("frame.protocols")).toEqual([
      "eth:ethertype:arp",
      "eth:ethertype:ip:udp:data",
      "eth:ethertype:ip:udp:data",
    ]);
  });

  it("has the very bytes of its frames", () => {
    const hex = fields("data.data").at(-1);
    expect(hex).toBe("00".repeat(1472));
    const odd = ethernet(0x1234, ascii("odd"));
    const dumped = judge(
      "tshark",
      pcapng({ interfaces: [{ name: "lan" }], frames: [{ interface: 0, at, bytes: odd }] }),
      ["-x"],
    );
    const bytes = dumped
      .split("\n")
      .flatMap((line) => /^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+)/.exec(line)?.[1]?.trim().split(" ") ?? []);
    expect(bytes.map((each) => Number.parseInt(each, 16))).toEqual([...odd]);
  });

  it("is whole for capinfos", () => {
    const said = judge("capinfos", capture, ["-M", "-c", "-I", "-t", "-E"]);
    expect(said).toMatch(/File type:\s+.*pcapng/);
    expect(said).toMatch(/Number of packets:\s+3/);
    expect(said).toMatch(/File encapsulation:\s+ether/);
    expect(said.match(/Time precision = microseconds \(6\)/g)?.length).toBe(2);
    // Cut by a byte it is not: the judge would notice.
    expect(() => judge("capinfos", capture.subarray(0, -1), ["-c"])).toThrow();
  });

  it("without frames is one as well", () => {
    const empty = pcapng({ interfaces: [{ name: "lan" }], frames: [] });
    expect(judge("capinfos", empty, ["-M", "-c"])).toMatch(/Number of packets:\s+0/);
  });

  it("is not made of what cannot be in one", () => {
    const one = (change: object) => () =>
      pcapng({ interfaces: [{ name: "lan" }], frames: [{ interface: 0, at, bytes: join(), ...change }] });
    expect(one({ interface: 1 })).toThrow("bad-argument: a frame's interface is 0 to 0, not 1");
    expect(one({ at: Number.NaN })).toThrow("bad-argument: a frame's time");
    expect(one({ at: -1 })).toThrow("bad-argument: a frame's time");
    expect(one({ comment: "ä".repeat(32768) })).toThrow("bad-argument: a text");
    expect(one({ comment: "ä".repeat(32767) })).not.toThrow();
  });
});
