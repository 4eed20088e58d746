import { describe, expect, it } from "vitest";
import { leapsOf } from "./lag.ts";

describe("leaps", () => {
  const seen = (time: number, x: number, dead = false) => ({
    time,
    place: [x, 0, 24] as [number, number, number],
    player: 1,
    name: "red",
    client: "10.0.0.2:27001",
    own: false,
    dead,
  });

  it("are what no runner can do between two packets", () => {
    const steady = [0, 100, 200, 300].map((time) => seen(time, time * 0.32));
    expect(leapsOf(steady)).toEqual({ leaps: 0, pairs: 3 });
    expect(leapsOf([seen(0, 0), seen(40, 0), seen(80, 250), seen(120, 250)])).toEqual({ leaps: 1, pairs: 3 });
  });

  it("are none where nobody looked in between, or somebody came back from the dead", () => {
    expect(leapsOf([seen(0, 0), seen(900, 250)])).toEqual({ leaps: 0, pairs: 0 });
    expect(leapsOf([seen(0, 0, true), seen(40, 900)])).toEqual({ leaps: 0, pairs: 0 });
  });
});
