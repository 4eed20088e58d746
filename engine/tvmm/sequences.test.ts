/**
 * Random sequences of calls, right ones, wrong ones and hostile ones, from the owner's port and from the management box, with vm
 * workers that halt, fail and talk nonsense and disks that are tampered with in between. A plain model (testing/model.ts) says
 * step by step what each call answers and what must then be there.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceConfig } from "../protocol/owner.ts";
import {
  attested,
  type Draw,
  draw,
  hostile,
  KINDS,
  limitOf,
  management,
  media,
  type Name,
  pick,
  requestOf,
} from "./testing/draws.ts";
import { type Player, player } from "./testing/player.ts";

/** Thousands of steps on a machine that does other things as well. */
const PATIENCE_MS = 240_000;
/** Kinds of steps that are calls. */
const CALLS = Object.keys(KINDS).filter((kind) => !/^(limit|raw|disturb|tamper|spoil|stubborn)$/.test(kind));

/** Boxes that could be switched on: left to chance, a sequence would seldom get that far. */
async function prepare(players: Player): Promise<void> {
  const make = async (name: string, medium: Name, more: DeviceConfig[]) => {
    await players.ask({
      op: "create-vm",
      config: { name: `box-${name}`, medium: `${medium}.firmware`, image: medium },
    });
    const vm = [...players.model.vms.keys()].at(-1) ?? "";
    for (const device of [attested(`${medium}.boot`, medium, 0), ...more]) {
      await players.ask({ op: "create-device", device });
      await players.ask({ op: "attach", vm, device: [...players.model.devices.keys()].at(-1) ?? "" });
    }
  };
  const com2 = { type: "serial", purpose: "attestation" } as const;
  await make("closed", "closed", [com2, { type: "nic" }]);
  await make("strict", "strict", [attested("open.2.boot", "open", 1), { type: "nic", role: "lan" }, com2]);
  await make("open", "open", [{ type: "serial", purpose: "console" }, { type: "display" }, { type: "nic" }]);
}

/** `done`: the calls that were carried out. */
async function playAll(draws: readonly Draw[], prepared: boolean, done: Set<string>): Promise<void> {
  const players = await player(media());
  try {
    await players.adopt(management);
    if (prepared) await prepare(players);
    for (const each of draws) {
      const request = requestOf(players.model, each);
      if (request) {
        if ((await players.ask(request, each.com3)) === undefined) done.add(each.kind);
      } else if (each.kind === "limit") await players.limit(limitOf(players.model, each));
      else if (each.kind === "raw") await players.raw(hostile(players.model, each));
      else if (each.kind === "disturb") {
        await players.disturb(each.a, pick(["halt", "halt", "fail", "nonsense", "talk"] as const, each.b) ?? "talk");
      } else if (each.kind === "tamper")
        players.tamper(pick(["closed.boot", "open.firmware", "strict.boot"], each.a) ?? "");
      else if (each.kind === "spoil") players.spoilLaunch();
      else players.beStubborn();
    }
    await players.end();
  } finally {
    players.close();
  }
}

describe("sequences of calls", () => {
  it(
    "do what the model says, step by step",
    async () => {
      const done = new Set<string>();
      let steps = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.array(draw, { minLength: 1, maxLength: 80, size: "max" }),
          async (prepared, draws) => {
            await playAll(draws, prepared, done);
            steps += draws.length;
          },
        ),
        { numRuns: 100 },
      );
      expect(steps).toBeGreaterThan(2500);
      expect([...done].sort()).toEqual([...CALLS].sort());
    },
    PATIENCE_MS,
  );
});
