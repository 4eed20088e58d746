/** What owners and attackers do with the mouse: each call from the page's own forms, its effect read by a script, its refusal word for word. */
import type { Locator, Page } from "@playwright/test";
import { seriousFaults } from "./axe.ts";
import { expect, test } from "./support.ts";

/** Lab `owner`, with a medium of one more box in alice; ids as the TVMM gave them. */
async function openOwner(page: Page) {
  return page.evaluate(async () => {
    const lab = await window.terra.open("owner");
    const alice = lab.platform("alice");
    const media = await alice.insertImage("pc");
    const devices = await alice.management.devices();
    const pc = lab.vm("alice/pc").id;
    const hello = lab.vm("alice/hello").id;
    const card = devices.find(({ type, attachedTo }) => type === "nic" && attachedTo === pc)?.id ?? "none";
    return { media, pc, hello, card };
  });
}

type Opened = Awaited<ReturnType<typeof openOwner>>;

const device = (page: Page, id: string) =>
  page.evaluate(
    async (wanted) =>
      (await window.terra.lab?.platform("alice").management.devices())?.find((each) => each.id === wanted),
    id,
  );

const stateOf = (page: Page, id: string) =>
  page.evaluate(
    async (wanted) =>
      (await window.terra.lab?.platform("alice").management.vms())?.find((each) => each.id === wanted)?.state,
    id,
  );

/** What the same call says to a script: "bad-state: …". */
async function scripted(page: Page, call: string, args: string[]): Promise<string> {
  return page.evaluate(
    async ([name, given]) => {
      const { management } = window.terra.lab?.platform("alice") ?? {};
      if (!management) return "no lab is open";
      const calls: Record<string, () => Promise<unknown>> = {
        on: () => management.on(given[0] ?? ""),
        resume: () => management.resume(given[0] ?? ""),
        attach: () => management.attach(given[0] ?? "", given[1] ?? ""),
        connect: () => management.connect(given[0] ?? "", given[1] ?? ""),
        detach: () => management.detach(given[0] ?? "", given[1] ?? ""),
      };
      return (calls[name] ?? (async () => {}))().then(
        () => "accepted",
        (error: Error) => error.message,
      );
    },
    [call, args] as const,
  );
}

/** The words of a refusal on the page, as a script has them. */
async function refusal(place: Locator): Promise<string> {
  const code = await place.locator(".refusal strong").textContent();
  return `${code}: ${await place.locator(".refusal-words").textContent()}`;
}

const accepted = (panel: Locator, words: string) =>
  expect(panel.locator(".call-slot")).toContainText(`${words}: carried out`);

/** Chooses a row of the machine's tables, then a call; its button is there, with these words. */
async function choose(zoom: Locator, row: RegExp, verb: string, device?: string): Promise<void> {
  await zoom.getByRole("button", { name: row }).click();
  const panel = zoom.getByRole("region", { name: "Calls" });
  await panel.getByRole("button", { name: verb, exact: true }).click();
  if (device !== undefined) await panel.getByLabel(/^(Device|With device)$/).selectOption(device);
  // The call that was made last still shows what came of it.
  const again = panel.getByRole("button", { name: "Again", exact: true });
  if ((await again.count()) > 0) await again.click();
}

async function made(panel: Locator): Promise<string> {
  const done = panel.locator(".call-done");
  await expect(done).toContainText(/Made (vm|dev)\d+/);
  return /(?:vm|dev)\d+/.exec((await done.textContent()) ?? "")?.[0] ?? "none";
}

async function tenCalls(terra: Page, { media, pc, card }: Opened): Promise<void> {
  await terra.getByRole("button", { name: "Manage alice", exact: true }).click();
  const zoom = terra.getByRole("region", { name: "Machine alice" });
  const panel = zoom.getByRole("region", { name: "Calls" });
  const press = (words: string) => panel.getByRole("button", { name: words, exact: true }).click();
  const carryOut = async (row: RegExp, verb: string, words: string, device?: string) => {
    await choose(zoom, row, verb, device);
    await press(words);
    await accepted(panel, words);
  };
  const refused = async (row: RegExp, verb: string, words: string, device?: string) => {
    await choose(zoom, row, verb, device);
    await press(words);
    await expect(panel.locator(".refusal")).toBeVisible();
    return refusal(panel);
  };

  await zoom.getByRole("button", { name: "CREATE-VM", exact: true }).click();
  await panel.getByLabel("Name", { exact: true }).fill("third");
  await panel.getByLabel("Image", { exact: true }).selectOption(media.firmware);
  await press("CREATE-VM third");
  const third = await made(panel);
  expect(await stateOf(terra, third)).toBe("off");

  await zoom.getByRole("button", { name: "CREATE-DEVICE", exact: true }).click();
  await panel.getByLabel("Medium", { exact: true }).selectOption(media.boot);
  await panel.getByLabel("Class", { exact: true }).selectOption("attested");
  await press(`Take those of ${media.boot}`);
  await press("CREATE-DEVICE disk");
  const disk = await made(panel);
  await panel.getByLabel("Type", { exact: true }).selectOption("nic");
  await press("CREATE-DEVICE nic");
  const nic = await made(panel);
  expect(await device(terra, disk)).toMatchObject({ type: "disk" });
  expect(await device(terra, nic)).toMatchObject({ type: "nic", connectedTo: [] });

  await carryOut(/^third vm/, "ATTACH", `ATTACH third ${disk}`, disk);
  await carryOut(/^third vm/, "ATTACH", `ATTACH third ${nic}`, nic);
  expect(await device(terra, nic)).toMatchObject({ attachedTo: third });
  await carryOut(new RegExp(`^${nic}$`), "CONNECT", `CONNECT ${nic} ${card}`, card);
  expect(await device(terra, nic)).toMatchObject({ connectedTo: [card] });
  await carryOut(/^third vm/, "ON", "ON third");
  expect(await stateOf(terra, third)).toBe("on");

  const refusals: [page: string, script: string][] = [
    [await refused(/^third vm/, "ON", "ON third"), await scripted(terra, "on", [third])],
    [await refused(/^third vm/, "RESUME", "RESUME third"), await scripted(terra, "resume", [third])],
    [
      await refused(new RegExp(`^${nic}$`), "CONNECT", `CONNECT ${nic} ${card}`, card),
      await scripted(terra, "connect", [nic, card]),
    ],
    [await refused(/^pc vm/, "ATTACH", `ATTACH pc ${nic}`, nic), await scripted(terra, "attach", [pc, nic])],
    [await refused(/^pc vm/, "DETACH", `DETACH pc ${card}`, card), await scripted(terra, "detach", [pc, card])],
  ];
  for (const [page, script] of refusals) {
    expect.soft(script).toMatch(/^bad-[a-z]+: .{20}/);
    expect.soft(page).toBe(script);
  }

  await carryOut(/^third vm/, "SUSPEND", "SUSPEND third");
  expect(await stateOf(terra, third)).toBe("suspended");
  await carryOut(/^third vm/, "RESUME", "RESUME third");
  expect(await stateOf(terra, third)).toBe("on");
  await carryOut(new RegExp(`^${nic}$`), "DISCONNECT", `DISCONNECT ${nic} ${card}`, card);
  expect(await device(terra, nic)).toMatchObject({ connectedTo: [] });
  await carryOut(/^third vm/, "OFF", "OFF third");
  expect(await stateOf(terra, third)).toBe("off");
  await carryOut(/^third vm/, "DETACH", `DETACH third ${nic}`, nic);
  expect((await device(terra, nic))?.attachedTo).toBeUndefined();
  expect(await seriousFaults(terra)).toEqual([]);
}

async function closedBox(terra: Page, { hello }: Opened): Promise<void> {
  await terra.getByRole("button", { name: "Look into alice/hello", exact: true }).click();
  const zoom = terra.getByRole("region", { name: "Tools on alice/hello" });
  const words = await terra.evaluate(async (id) => {
    const { inspect } = window.terra.lab?.platform("alice") ?? {};
    if (!inspect) return null;
    const said = (call: Promise<unknown>) =>
      call.then(
        () => "accepted",
        (error: Error) => error.message,
      );
    return {
      Memory: await said(inspect.readMemory(id, 0x100000, 4096)),
      Screenshot: await said(inspect.screenshot(id)),
      Keyboard: await said(inspect.sendKeys(id, "x\n")),
      Snapshot: await said(inspect.snapshot(id)),
    };
  }, hello);
  const buttons = { Memory: "Read", Screenshot: "Take a picture", Keyboard: "Send", Snapshot: "Take a snapshot" };
  await zoom.getByLabel("Keys", { exact: true }).fill("x");
  for (const [tool, button] of Object.entries(buttons)) {
    const place = zoom.getByRole("region", { name: tool, exact: true });
    await place.getByRole("button", { name: button, exact: true }).click();
    await expect(place.locator(".refusal")).toContainText("closed-box");
    expect.soft(await refusal(place), tool).toBe(words?.[tool as keyof typeof buttons]);
  }
  expect(await seriousFaults(terra)).toEqual([]);
}

async function wire(terra: Page, { card }: Opened): Promise<void> {
  await terra.evaluate(async (mine) => {
    const { lab } = window.terra;
    if (!lab) throw new Error("no lab is open");
    const theirs = (await lab.platform("bob").management.devices()).find(
      ({ type, attachedTo }) => type === "nic" && attachedTo,
    );
    await lab.platform("alice").management.connect(mine, "eth0");
    await lab.platform("bob").management.connect(theirs?.id ?? "none", "eth0");
    await lab.vm("bob/pc").console.run("ip addr add 10.0.0.11/24 dev eth0; ip link set eth0 up");
    await lab.vm("alice/pc").console.run("ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up");
  }, card);
  const ping = () =>
    terra.evaluate(
      async () => (await window.terra.lab?.vm("alice/pc").console.run("ping -c 1 -W 2 10.0.0.11"))?.output,
    );
  await terra.getByRole("button", { name: /^Wire lan, / }).click();
  const zoom = terra.getByRole("region", { name: "Wire lan" });
  expect(await ping()).toContain("1 packets received");
  await expect(zoom.locator(".frame-row", { hasText: /echo.*request/i })).toHaveCount(1);
  await expect(zoom.locator(".frame-row", { hasText: /echo.*reply/i })).toHaveCount(1);
  await zoom.locator(".frame-row", { hasText: /echo.*reply/i }).click();
  await expect(zoom.getByRole("list", { name: "Layers and fields" })).toContainText("10.0.0.11");
  expect(await seriousFaults(terra)).toEqual([]);

  await zoom.getByRole("button", { name: "Drop all", exact: true }).click();
  await expect(zoom.getByRole("button", { name: "Drop all", exact: true })).toHaveAttribute("aria-pressed", "true");
  expect(await ping()).toContain("0 packets received");
  await expect(zoom.locator(".tap-counts")).toHaveText(/passed 0, changed 0, dropped [1-9]/);
  await zoom.getByRole("button", { name: "Off", exact: true }).click();
  await expect(zoom.getByRole("button", { name: "Off", exact: true })).toHaveAttribute("aria-pressed", "true");
  expect(await ping()).toContain("1 packets received");
}

// One lab for all of them: it takes longer to open than anything done in it.
test("owner and attacker at the page: the ten calls, a closed box, a wire", async ({ terra }) => {
  const opened = await openOwner(terra);
  const back = (zoom: string) =>
    terra.getByRole("region", { name: zoom }).getByRole("button", { name: "Close", exact: true }).click();
  await test.step("each call from its form; what the TVMM refuses has a script's words", () => tenCalls(terra, opened));
  await back("Machine alice");
  await test.step("the tools on a closed box are there, and refused in a script's words", () =>
    closedBox(terra, opened));
  await back("Tools on alice/hello");
  await test.step("the wire's zoom shows a ping frame by frame, and drops what comes by", () => wire(terra, opened));
});
