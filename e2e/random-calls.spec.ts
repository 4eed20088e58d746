/**
 * Hundreds of random owner's calls against real guests, right ones and wrong ones. A few lines of model say what each call must
 * answer and what must be there after it; at the end the boxes that are on still answer, and nothing is left of the others.
 */
import fc from "fast-check";
import { expect, test } from "./support.ts";

const LAB = {
  id: "random",
  platforms: [
    {
      id: "alice",
      vms: [
        { name: "pc", image: "pc", nics: [{}] },
        { name: "second", image: "pc", nics: [{}] },
        { name: "hello", image: "hello", on: false },
      ],
    },
  ],
  wires: [{ id: "lan", ends: ["alice"] }],
};

const VMS = ["pc", "second", "hello", "nobody"] as const;
const CARDS = ["pc", "second", "eth0", "spare", "nothing"] as const;

type Call =
  | { op: "on" | "off" | "suspend" | "resume" | "read" | "write" | "screenshot" | "keys" | "destroyVm"; vm: string }
  | { op: "attach" | "detach"; vm: string; card: string }
  | { op: "connect" | "disconnect"; a: string; b: string };

const vm = fc.constantFrom(...VMS);
const card = fc.constantFrom(...CARDS);
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: vm.map((vm) => ({ op: "on" as const, vm })) },
  { weight: 2, arbitrary: vm.map((vm) => ({ op: "off" as const, vm })) },
  { weight: 3, arbitrary: vm.map((vm) => ({ op: "suspend" as const, vm })) },
  { weight: 4, arbitrary: vm.map((vm) => ({ op: "resume" as const, vm })) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("read" as const, "write" as const, "screenshot" as const, "keys" as const), vm)
      .map(([op, vm]) => ({ op, vm })),
  },
  { weight: 1, arbitrary: fc.constant({ op: "destroyVm" as const, vm: "nobody" }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom("attach" as const, "detach" as const), vm, card)
      .map(([op, vm, card]) => ({ op, vm, card })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("connect" as const, "disconnect" as const), card, card)
      .map(([op, a, b]) => ({ op, a, b })),
  },
);

interface World {
  states: Record<string, string>;
  /** Which box has which card. */
  cards: Record<string, string | undefined>;
  lines: Set<string>;
}

const line = (a: string, b: string) => [a, b].sort().join("-");

/** The code with which the call must be refused, or "ok"; changes the world if it is carried out. */
function predict(world: World, each: Call): string {
  if ("a" in each) {
    const { a, b } = each;
    if ([a, b].includes("nothing")) return "unknown-device";
    if (a === b) return each.op === "connect" ? "bad-argument" : "bad-state";
    const there = world.lines.has(line(a, b));
    if (there === (each.op === "connect")) return "bad-state";
    if (there) world.lines.delete(line(a, b));
    else world.lines.add(line(a, b));
    return "ok";
  }
  const state = world.states[each.vm];
  if (state === undefined) return "unknown-vm";
  switch (each.op) {
    case "on":
      if (state !== "off" && state !== "halted") return "bad-state";
      world.states[each.vm] = "on";
      return "ok";
    case "off":
      if (state === "off") return "bad-state";
      world.states[each.vm] = "off";
      return "ok";
    case "suspend":
    case "resume":
      if (state !== (each.op === "suspend" ? "on" : "suspended")) return "bad-state";
      world.states[each.vm] = each.op === "suspend" ? "suspended" : "on";
      return "ok";
    case "read":
    case "write":
    case "screenshot":
    case "keys":
      if (each.vm === "hello") return "closed-box";
      if (state === "off") return "bad-state";
      return each.op === "keys" && state !== "on" ? "bad-state" : "ok";
    case "attach":
      if (each.card === "nothing") return "unknown-device";
      if (each.card === "eth0") return "bad-argument";
      if (state !== "off") return "bad-state";
      if (world.cards[each.card] !== undefined) return "bad-state";
      world.cards[each.card] = each.vm;
      return "ok";
    case "detach":
      if (each.card === "nothing") return "unknown-device";
      if (each.card === "eth0") return "bad-argument";
      if (state !== "off") return "bad-state";
      if (world.cards[each.card] !== each.vm) return "bad-state";
      world.cards[each.card] = undefined;
      return "ok";
    case "destroyVm":
      return "unknown-vm";
  }
}

test("hundreds of random calls: each answered as the rules say, and the boxes go on", async ({ terra }) => {
  const [calls = []] = fc.sample(fc.array(call, { minLength: 300, maxLength: 300, size: "max" }), 1);
  const played = await terra.evaluate(
    async ({ lab: description, calls }) => {
      const lab = await window.terra.open(description);
      const alice = lab.platform("alice");
      const { management, inspect } = alice;
      await Promise.all(
        ["pc", "second"].map((name) => lab.vm(`alice/${name}`).console.run("true", { timeoutMs: 90_000 })),
      );
      const ids: Record<string, string> = { nobody: "vm99", nothing: "dev99", eth0: "eth0" };
      for (const { id, name } of await management.vms()) ids[name] = id;
      const spare = await management.createDevice({ type: "nic" });
      const cards: Record<string, string> = { spare, nothing: "dev99", eth0: "eth0" };
      for (const { id, type, attachedTo } of await management.devices()) {
        for (const name of ["pc", "second"]) if (type === "nic" && attachedTo === ids[name]) cards[name] = id;
      }
      const named = (id: string) => Object.keys(cards).find((name) => cards[name] === id) ?? id;
      const act = (each: (typeof calls)[number]): Promise<unknown> => {
        if ("a" in each) return management[each.op](cards[each.a] ?? "", cards[each.b] ?? "");
        const id = ids[each.vm] ?? "";
        if ("card" in each) return management[each.op](id, cards[each.card] ?? "");
        if (each.op === "read") return inspect.readMemory(id, 0x1000, 4096);
        if (each.op === "write") return inspect.writeMemory(id, 0, new Uint8Array(16));
        if (each.op === "screenshot") return inspect.screenshot(id);
        if (each.op === "keys") return inspect.sendKeys(id, "x\b");
        return management[each.op](id);
      };
      const steps = [];
      for (const each of calls) {
        const answer = await act(each).then(
          () => "ok",
          (error: Error) => error.message,
        );
        const states = Object.fromEntries((await management.vms()).map(({ name, state }) => [name, state]));
        const devices = await management.devices();
        const owners = Object.fromEntries(
          devices
            .filter(({ type }) => type === "nic")
            .map(({ id, attachedTo }) => [
              named(id),
              Object.keys(ids).find((name) => ids[name] === attachedTo) ?? null,
            ]),
        );
        const lines = devices
          .flatMap(({ id, connectedTo }) => connectedTo.map((other) => [named(id), named(other)].sort().join("-")))
          .sort();
        steps.push({ answer, states, owners, lines: [...new Set(lines)] });
      }
      // Whatever was done: each box can be brought back, and answers.
      const answers: Record<string, string> = {};
      for (const { id, name, state } of await management.vms()) {
        if (state === "suspended") await management.resume(id);
        if (state === "off" || state === "halted") await management.on(id);
        const box = lab.vm(`alice/${name}`);
        answers[name] =
          name === "hello"
            ? String((await box.evidence(window.terra.nonce())).chain.length)
            : (await box.console.run("echo $((6 * 7))", { timeoutMs: 90_000 })).output.trim();
      }
      return { steps, answers };
    },
    { lab: LAB, calls },
  );
  const world: World = {
    states: { pc: "on", second: "on", hello: "off" },
    cards: { pc: "pc", second: "second" },
    lines: new Set(),
  };
  const told = (index: number) =>
    `call ${index}, ${JSON.stringify(calls[index])}, of ${JSON.stringify(calls.slice(0, index))}`;
  played.steps.forEach(({ answer, states, owners, lines }, index) => {
    const expected = predict(world, calls[index] as Call);
    expect(answer.split(":")[0], told(index)).toBe(expected);
    expect(states, told(index)).toEqual(world.states);
    expect(owners, told(index)).toEqual({
      pc: world.cards.pc ?? null,
      second: world.cards.second ?? null,
      spare: world.cards.spare ?? null,
    });
    expect(lines, told(index)).toEqual([...world.lines].sort());
  });
  expect(played.answers).toEqual({ pc: "42", second: "42", hello: "5" });
});
