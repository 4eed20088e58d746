/**
 * What a closed box keeps to itself stays there: a random value is made inside one, its owner tries everything, and every message
 * that left the machine's realms is searched for it. The controls: the person's port, where it must be found, and the debug
 * TVMM, under which the owner must find it.
 */
import type { Page } from "@playwright/test";
import { searchRecords, startRecorder } from "./recorder.ts";
import { test as base, expect, NO_LAB } from "./support.ts";

const LAB = {
  id: "canary",
  platforms: [
    {
      id: "alice",
      focus: "canary",
      vms: [
        { name: "pc", image: "pc", nics: [{}] },
        { name: "canary", image: "canary" },
      ],
    },
  ],
  wires: [{ id: "lan", ends: ["alice"] }],
};

const SIGN = "quokkakeks";

const test = base.extend<{ recorded: Page }>({
  recorded: async ({ page }, use) => {
    await startRecorder(page);
    await page.goto(NO_LAB);
    await page.waitForFunction(() => "terra" in window);
    await use(page);
  },
});

/** The value as the person reads it from the screen, 64 hex digits. */
async function canaryOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const alice = window.terra.lab?.platform("alice");
    const vm = window.terra.lab?.vm("alice/canary");
    if (!alice || !vm) throw new Error("there is no lab");
    await vm.waitForState("on");
    await alice.display.focus(vm.id);
    for (;;) {
      const { screen } = await alice.display.text(vm.id);
      const [value] = /[0-9a-f]{64}/.exec(screen) ?? [];
      if (value) return value;
      // The box is still booting: its screen is told when it changes, and asking costs it nothing.
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
}

/** Everything that an owner and an attacker can do without ending the box. What each brought: "worked" or a refusal's code. */
async function arsenal(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const { lab } = window.terra;
    if (!lab) throw new Error("there is no lab");
    const alice = lab.platform("alice");
    const { management, inspect } = alice;
    const vm = lab.vm("alice/canary");
    const pc = lab.vm("alice/pc");
    const nonce = window.terra.nonce();
    const tries: [string, () => Promise<unknown>][] = [
      ["read memory", () => inspect.readMemory(vm.id, 0, 2 ** 24)],
      ["read memory again", () => inspect.readMemory(vm.id, 2 ** 24, 2 ** 24)],
      ["write memory", () => inspect.writeMemory(vm.id, 0x100000, new Uint8Array(4096))],
      ["screenshot", () => inspect.screenshot(vm.id)],
      ["snapshot", () => inspect.snapshot(vm.id)],
      ["send keys", () => inspect.sendKeys(vm.id, "id\n")],
      ["console text", () => vm.console.text()],
      ["console write", () => vm.console.write("id\n")],
      [
        "attach a console",
        async () => management.attach(vm.id, await management.createDevice({ type: "serial", purpose: "console" })),
      ],
      [
        "attach a disk",
        async () =>
          management.attach(
            vm.id,
            await management.createDevice({
              type: "disk",
              medium: await alice.insertDisk({ blankMiB: 1 }),
              class: "raw",
            }),
          ),
      ],
      ["attach a card", async () => management.attach(vm.id, await management.createDevice({ type: "nic" }))],
      ["status", () => vm.status()],
      ["identity", () => vm.identity()],
      ["measurements", () => vm.measurements()],
      ["evidence", () => vm.evidence(nonce)],
      [
        "lists",
        async () => [await management.vms(), await management.devices(), await alice.disks(), await alice.bootLog()],
      ],
      ["suspend", () => management.suspend(vm.id)],
      ["read memory while suspended", () => inspect.readMemory(vm.id, 0, 2 ** 24)],
      ["snapshot while suspended", () => inspect.snapshot(vm.id)],
      ["resume", () => management.resume(vm.id)],
      ["another box's memory", () => inspect.readMemory(pc.id, 0, 2 ** 24)],
      ["another box's snapshot", () => inspect.snapshot(pc.id)],
      [
        "every medium",
        async () => {
          for (const { id } of await alice.disks()) await alice.disk(id).copy();
        },
      ],
      ["the wire", () => lab.wire("lan").pcapng()],
      ["messages", () => lab.messages()],
      ["off", () => management.off(vm.id)],
      ["read memory while off", () => inspect.readMemory(vm.id, 0, 4096)],
      [
        "attach a console while off",
        async () => management.attach(vm.id, await management.createDevice({ type: "serial", purpose: "console" })),
      ],
      [
        "attach a management device while off",
        async () => management.attach(vm.id, await management.createDevice({ type: "serial", purpose: "management" })),
      ],
      ["on", () => management.on(vm.id)],
    ];
    const results: Record<string, string> = {};
    for (const [name, act] of tries) {
      results[name] = await act().then(
        () => "worked",
        (error: Error) => error.message.split(":")[0] ?? "",
      );
    }
    return results;
  });
}

test("nothing of a closed box's memory, nor the person's sign, leaves its machine but on the person's port", async ({
  recorded,
}) => {
  await recorded.evaluate(
    async ([lab, word]) => {
      await (await window.terra.open(lab)).platform("alice").display.chooseSign(word, "moon");
    },
    [LAB, SIGN] as const,
  );
  const canary = await canaryOf(recorded);
  expect(await arsenal(recorded)).toEqual({
    "read memory": "closed-box",
    "read memory again": "closed-box",
    "write memory": "closed-box",
    screenshot: "closed-box",
    snapshot: "closed-box",
    "send keys": "closed-box",
    "console text": "no-console",
    "console write": "no-console",
    "attach a console": "bad-state",
    "attach a disk": "bad-state",
    "attach a card": "bad-state",
    status: "worked",
    identity: "worked",
    measurements: "worked",
    evidence: "worked",
    lists: "worked",
    suspend: "worked",
    "read memory while suspended": "closed-box",
    "snapshot while suspended": "closed-box",
    resume: "worked",
    "another box's memory": "worked",
    "another box's snapshot": "worked",
    "every medium": "worked",
    "the wire": "worked",
    messages: "worked",
    off: "worked",
    "read memory while off": "closed-box",
    "attach a console while off": "closed-box",
    "attach a management device while off": "refused",
    on: "worked",
  });
  const second = await canaryOf(recorded);
  expect(second, "each start makes another one").not.toBe(canary);
  for (const value of [canary, second, Buffer.from(SIGN).toString("hex")]) {
    const { page, workers } = await searchRecords(recorded, value);
    expect(page.messages).toBeGreaterThan(500);
    // The other box's memory and the media went through here: this much was looked at.
    expect(page.bytes).toBeGreaterThan(40 * 2 ** 20);
    expect([page.hits, ...workers.map(({ hits }) => hits)]).toEqual([0, 0, 0]);
    expect(page.personHits, "on the person's port it is found").toBeGreaterThan(0);
  }
});

test("under the debug TVMM the owner finds it, and the record does too", async ({ recorded }) => {
  await recorded.evaluate(
    (lab) => window.terra.open({ ...lab, platforms: lab.platforms.map((each) => ({ ...each, tvmm: "debug" })) }),
    LAB,
  );
  const canary = await canaryOf(recorded);
  const before = await searchRecords(recorded, canary);
  expect(before.page.hits).toBe(0);
  await recorded.evaluate(async () => {
    const { lab } = window.terra;
    if (!lab) throw new Error("there is no lab");
    const { id } = lab.vm("alice/canary");
    const { inspect } = lab.platform("alice");
    for (let at = 0; at < 32 * 2 ** 20; at += 2 ** 23) await inspect.readMemory(id, at, 2 ** 23);
  });
  expect((await searchRecords(recorded, canary)).page.hits).toBeGreaterThan(0);
});
