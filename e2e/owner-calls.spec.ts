/** Every management call from a script and from the management box's shell: the same effect, and the same words when it is refused. */
import { expect, test } from "./support.ts";

interface Both {
  call: string;
  script: string;
  shell: string;
}

test("the same refusals, word for word, from a script and from the management box's shell", async ({ terra }) => {
  const refusals: Both[] = await terra.evaluate(async () => {
    const lab = await window.terra.open("owner");
    const { management, inspect } = lab.platform("alice");
    const box = lab.vm("alice/management").console;
    const id = (name: string) => lab.vm(`alice/${name}`).id;
    const devices = await management.devices();
    const of = (name: string, type: string) =>
      devices.find((each) => each.attachedTo === id(name) && each.type === type)?.id ?? "none";
    const card = of("pc", "nic");
    const other = of("second", "nic");
    const bootDisk = of("pc", "disk");
    const calls: [string, () => Promise<unknown>][] = [
      ["create-vm pc --image pc", () => management.createVm({ name: "pc", image: { medium: "pc.firmware" } })],
      ["create-vm x --medium nowhere", () => management.createVm({ name: "x", image: { medium: "nowhere" } })],
      [
        "create-vm Bad_Name --medium pc.firmware",
        () => management.createVm({ name: "Bad_Name", image: { medium: "pc.firmware" } }),
      ],
      ["create-vm x --medium pc.boot", () => management.createVm({ name: "x", image: { medium: "pc.boot" } })],
      [
        "create-vm x --medium hello.firmware --checking none",
        () => management.createVm({ name: "x", image: { medium: "hello.firmware" }, checking: "none" }),
      ],
      [
        "create-device disk --medium nowhere --class raw",
        () => management.createDevice({ type: "disk", medium: "nowhere", class: "raw" }),
      ],
      [
        "create-device disk --medium flash --class raw",
        () => management.createDevice({ type: "disk", medium: "flash", class: "raw" }),
      ],
      [
        "create-device disk --medium pc.boot --class raw",
        () => management.createDevice({ type: "disk", medium: "pc.boot", class: "raw" }),
      ],
      [
        "create-device nic --mac 01:00:00:00:00:01",
        () => management.createDevice({ type: "nic", mac: "01:00:00:00:00:01" }),
      ],
      ["attach vm99 dev1", () => management.attach("vm99", "dev1")],
      [`attach ${id("pc")} dev99`, () => management.attach(id("pc"), "dev99")],
      [`attach ${id("pc")} ${bootDisk}`, () => management.attach(id("pc"), bootDisk)],
      [`detach ${id("pc")} ${card}`, () => management.detach(id("pc"), card)],
      [`connect ${card} ${card}`, () => management.connect(card, card)],
      [`connect ${card} ${bootDisk}`, () => management.connect(card, bootDisk)],
      [`connect ${card} dev99`, () => management.connect(card, "dev99")],
      [`disconnect ${card} ${other}`, () => management.disconnect(card, other)],
      [`on ${id("pc")}`, () => management.on(id("pc"))],
      [`resume ${id("pc")}`, () => management.resume(id("pc"))],
      ["off vm99", () => management.off("vm99")],
      ["suspend vm99", () => management.suspend("vm99")],
      [`destroy-vm ${id("pc")}`, () => management.destroyVm(id("pc"))],
      [`destroy-device ${card}`, () => management.destroyDevice(card)],
      [`destroy-device eth0`, () => management.destroyDevice("eth0")],
      [`read-memory ${id("hello")} 0 16`, () => inspect.readMemory(id("hello"), 0, 16)],
      [`write-memory ${id("hello")} 0 --hex 00`, () => inspect.writeMemory(id("hello"), 0, Uint8Array.of(0))],
      [`screenshot ${id("hello")} /tmp/x`, () => inspect.screenshot(id("hello"))],
      [`snapshot ${id("hello")} /tmp/x`, () => inspect.snapshot(id("hello"))],
      [`send-keys ${id("hello")} x`, () => inspect.sendKeys(id("hello"), "x")],
      [`read-memory ${id("pc")} 0xfffffff0 16`, () => inspect.readMemory(id("pc"), 0xfffffff0, 16)],
    ];
    const both: Both[] = [];
    for (const [call, act] of calls) {
      const script = await act().then(
        () => "accepted",
        (error: Error) => error.message,
      );
      const { exitCode, output } = await box.run(`tvmm ${call}`);
      both.push({ call, script, shell: exitCode === 0 ? "accepted" : output.trim().replace(/^tvmm: /, "") });
    }
    return both;
  });
  for (const { call, script, shell } of refusals) {
    expect.soft(script, call).toMatch(/^[a-z-]+: /);
    expect.soft(shell, call).toBe(script);
  }
});

test("each of the ten calls from the shell has the effect that a script sees, and the other way round", async ({
  terra,
}) => {
  const steps = await terra.evaluate(async () => {
    const lab = await window.terra.open("owner");
    const { management } = lab.platform("alice");
    const box = lab.vm("alice/management").console;
    const seen: Record<string, unknown> = {};
    const shell = async (command: string) => {
      const { exitCode, output } = await box.run(command, { timeoutMs: 60_000 });
      if (exitCode !== 0) throw new Error(`${command}: ${output}`);
      return output.trim();
    };
    const vm = await shell("tvmm create-vm third --image pc.2");
    seen.made = (await management.vms()).find(({ id }) => id === vm)?.state;
    await management.off(lab.vm("alice/second").id);
    // second's own media are free once it is gone.
    const old = (await management.vms()).find(({ name }) => name === "second");
    for (const device of old?.devices ?? []) {
      await management.detach(old?.id ?? "", device);
      await management.destroyDevice(device);
    }
    await management.destroyVm(old?.id ?? "");
    const disk = await shell("tvmm create-device disk --medium pc.2.boot --class attested --of pc.2 --slot 0");
    const card = await shell("tvmm create-device nic");
    await shell(
      `tvmm attach third ${disk} ${card} $(tvmm create-device serial --purpose console) $(tvmm create-device display)`,
    );
    seen.devices = (await management.vms()).find(({ id }) => id === vm)?.devices.length;
    await shell("tvmm on third");
    seen.on = (await lab.vm("alice/third").status()).state;
    seen.answers = (await lab.vm("alice/third").console.run("echo $((6 * 7))", { timeoutMs: 60_000 })).output.trim();
    const pc =
      (await management.devices()).find((each) => each.type === "nic" && each.attachedTo === lab.vm("alice/pc").id)
        ?.id ?? "";
    await shell(`tvmm connect ${card} ${pc}`);
    seen.connected = (await management.devices()).find(({ id }) => id === card)?.connectedTo;
    seen.listed = (await shell("tvmm list devices --tabs"))
      .split("\n")
      .find((line) => line.startsWith(`${card}\t`))
      ?.includes(pc);
    await management.disconnect(pc, card);
    seen.disconnected = (await shell("tvmm list devices --tabs"))
      .split("\n")
      .find((line) => line.startsWith(`${card}\t`))
      ?.includes(pc);
    await shell("tvmm suspend third");
    seen.suspended = (await lab.vm("alice/third").status()).state;
    await management.resume(vm);
    seen.resumed = (await shell("tvmm list vms --tabs"))
      .split("\n")
      .find((line) => line.startsWith(`${vm}\t`))
      ?.includes("\ton\t");
    seen.still = (await lab.vm("alice/third").console.run("echo $((6 * 7))", { timeoutMs: 60_000 })).output.trim();
    await shell("tvmm off third");
    seen.off = (await lab.vm("alice/third").status()).state;
    await shell(`tvmm detach third ${card}`);
    seen.detached = (await management.devices()).find(({ id }) => id === card)?.attachedTo ?? "nothing";
    const told = await lab.messages({ kind: "management" });
    seen.told = told.filter(({ from }) => from === "alice/management").length > 5;
    return { seen, pc };
  });
  expect(steps.seen).toEqual({
    made: "off",
    devices: 4,
    on: "on",
    answers: "42",
    connected: [steps.pc],
    listed: true,
    disconnected: false,
    suspended: "suspended",
    resumed: true,
    still: "42",
    off: "off",
    detached: "nothing",
    told: true,
  });
});
