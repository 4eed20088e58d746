/**
 * The lines of a machine's network: where each card's end stands and which way a connection runs through the TVMM. Pure; places
 * come from the drawing.
 */
import { allDevices, connections } from "../facts/devices.ts";
import type { MachineFacts } from "../facts/facts.ts";
import type { WireFacts } from "../facts/wires.ts";
import { type Anchor, middle } from "./anchors.ts";

export interface CardEnd {
  id: string;
  x: number;
  y: number;
  /** Is it connected with anything? */
  taken: boolean;
  /** Where its line enters the TVMM: from above, or from the machine's edge. */
  side: "top" | "edge";
}

export interface CardLine {
  key: string;
  /** Outside the TVMM, in ink. */
  outside: string;
  /** Inside it. */
  inside: string;
}

export const cardAnchor = (platform: string, device: string) => `device:${platform}/${device}`;
export const wireAnchor = (wire: string) => `wire:${wire}`;

/** Between free cards that are attached to no box. */
const LOOSE_GAP = 16;

type Anchors = Record<string, Anchor>;

/** Ends of all network cards of a machine; `edge` is the x of its frame towards the wires. */
export function cardEnds(
  machine: MachineFacts,
  wires: readonly WireFacts[],
  anchors: Anchors,
  edge: number,
): CardEnd[] {
  const slab = anchors[`${machine.info.id}/tvmm`];
  if (!slab) return [];
  let loose = 0;
  return allDevices(machine, wires).flatMap((device): CardEnd[] => {
    if (device.type !== "nic") return [];
    const taken = device.connectedTo.length > 0;
    if (device.wire !== undefined) {
      const wire = anchors[wireAnchor(device.wire)];
      return wire ? [{ id: device.id, x: edge, y: wire.top, taken, side: "edge" }] : [];
    }
    const place = anchors[cardAnchor(machine.info.id, device.id)];
    if (place) return [{ id: device.id, x: middle(place), y: (place.bottom + slab.top) / 2, taken, side: "top" }];
    if (device.attachedTo !== undefined) return [];
    loose += 1;
    return [{ id: device.id, x: slab.right - loose * LOOSE_GAP, y: slab.top, taken, side: "top" }];
  });
}

/** Lanes for lines, this far apart. */
const LANE = 7;

/**
 * The height of each line in the TVMM: at the wire's own height for one that leaves the machine, so that it runs straight; the
 * others in between, none on another's.
 */
function lanes(pairs: readonly { from: CardEnd; to: CardEnd }[], slab: Anchor): number[] {
  const used: number[] = [];
  const free = (wanted: number) => {
    const inside = (y: number) => y > slab.top + 3 && y < slab.bottom - 3;
    for (let away = 0; away < slab.bottom - slab.top; away += 1) {
      for (const y of [wanted + away, wanted - away]) {
        if (inside(y) && used.every((other) => Math.abs(other - y) >= LANE)) return y;
      }
    }
    return wanted;
  };
  const wantedOf = ({ from, to }: { from: CardEnd; to: CardEnd }) => [from, to].find(({ side }) => side === "edge")?.y;
  const order = [...pairs.entries()].sort(
    ([, a], [, b]) => Number(wantedOf(b) !== undefined) - Number(wantedOf(a) !== undefined),
  );
  const found: number[] = [];
  for (const [index, pair] of order) {
    const lane = free(Math.round(wantedOf(pair) ?? slab.top + 9));
    used.push(lane);
    found[index] = lane;
  }
  return found;
}

/** A line for each connection, in lanes of the TVMM's height. */
export function cardLines(
  machine: MachineFacts,
  wires: readonly WireFacts[],
  anchors: Anchors,
  ends: readonly CardEnd[],
): CardLine[] {
  const slab = anchors[`${machine.info.id}/tvmm`];
  if (!slab) return [];
  const pairs = connections(allDevices(machine, wires)).flatMap(({ a, b }) => {
    const from = ends.find(({ id }) => id === a);
    const to = ends.find(({ id }) => id === b);
    return from && to ? [{ a, b, from, to }] : [];
  });
  const heights = lanes(pairs, slab);
  return pairs.map(({ a, b, from, to }, index) => {
    const lane = heights[index] ?? slab.top;
    const parts = [from, to].map((end) => {
      if (end.side === "top") {
        const x = Math.round(end.x);
        return { outside: `M${x} ${end.y}V${slab.top}`, x, inside: `M${x} ${slab.top}V${lane}` };
      }
      const x = end.x > slab.right ? slab.right : slab.left;
      // Between the TVMM and the machine's frame there is room to change height.
      const turn = (x + end.x) / 2;
      return { outside: `M${x} ${lane}H${turn}V${end.y}H${end.x}`, x, inside: "" };
    });
    const [first, second] = parts;
    return {
      key: `${a} ${b}`,
      outside: parts.map((part) => part.outside).join(""),
      inside: `${parts.map((part) => part.inside).join("")}M${first?.x} ${lane}H${second?.x}`,
    };
  });
}
