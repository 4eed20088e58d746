/** The lens of measurements: each command that it names, run as it stands; and a disk of 65 536 blocks. */
import path from "node:path";
import type { Page } from "@playwright/test";
import { expect, judge, test } from "./support.ts";

const BLOCKS = 65_536;
const WRONG = 40_007;

/** The command that stands in the lens, run in the folder; what it said and what the page says it must say. */
async function runCommand(page: Page, folder: string): Promise<{ line: string; said: string; expected: string }> {
  const line = (await page.locator("#lens .command-line code").getAttribute("title")) ?? "";
  const expected = (await page.locator("#lens .command-output").textContent()) ?? "";
  return { line, said: judge("sh", ["-c", `cd '${folder}' && ${line}`]).trim(), expected };
}

async function saveFile(page: Page, folder: string): Promise<void> {
  const downloading = page.waitForEvent("download");
  await page.locator("#lens .file-chip").click();
  const download = await downloading;
  await download.saveAs(path.join(folder, download.suggestedFilename()));
}

test("each value from the chip to a block is confirmed by the command beside it", async ({ terra: page, folder }) => {
  await page.evaluate(async () => {
    const lab = await window.terra.open("hello");
    await lab.waitForMessage({ kind: "endorse", vm: "alice/hello", outcome: "accepted" });
  });
  await page.keyboard.press("4");
  const tree = page.getByRole("tree", { name: "Measurements of alice" });
  const disk = tree.getByRole("treeitem", { name: /^disk boot/ });
  await expect(disk).toHaveAttribute("aria-selected", "true");
  await disk.focus();
  await page.keyboard.press("Home");
  const names = ["chip", "firmware", "loader", "TVMM", "pc", "stub", "kernel", "command line"];
  for (const name of names) {
    const row = tree.getByRole("treeitem", { name: new RegExp(`^${name},`) });
    await expect(row).toBeFocused();
    const digest = (await row.getAttribute("aria-label"))?.split(" ").at(-1);
    await expect(page.locator("#lens .whole-digest code")).toHaveText(`${digest}`);
    await expect(page.locator("#lens .command-line")).toBeVisible();
    // The command line needs no file: it stands in the command.
    if (name !== "command line") await saveFile(page, folder);
    const { said, expected, line } = await runCommand(page, folder);
    expect(said, line).toBe(expected);
    expect(said).toContain(digest);
    await row.focus();
    await page.keyboard.press("ArrowDown");
  }
  await expect(tree.getByRole("treeitem", { name: /^disk boot/ })).toBeFocused();
  await expect(page.locator("#lens .command-line code")).toHaveAttribute("title", /^veritysetup verify/);
  await saveFile(page, folder);
  const whole = await runCommand(page, folder);
  expect(whole.said).toBe("");
  const map = page.getByRole("group", { name: /^Blocks of disk boot/ });
  await map.focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await expect(page.getByRole("status").filter({ hasText: /^block 2, / })).toBeAttached();
  await expect(page.locator("#lens .command-line code")).toHaveAttribute("title", /skip=2 /);
  const block = await runCommand(page, folder);
  expect(block.said, block.line).toBe(block.expected);
  await page.locator("#lens .block-step").filter({ hasText: "hash block 0" }).getByRole("button").first().click();
  await expect(page.locator("#lens .command-line code")).not.toHaveAttribute("title", block.line);
  const hash = await runCommand(page, folder);
  expect(hash.said, hash.line).toBe(hash.expected);
});

test("a disk of 65 536 blocks is gone through by keyboard, and says which block failed", async ({ terra: page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.evaluate(
    async ({ blocks, wrong }) => {
      const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
        new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      // All blocks are zero but one, which is changed behind the tree's back.
      const bytes = new Uint8Array((blocks + 1 + 4 + 512) * 4096);
      let digest = await sha256(bytes.slice(0, 4096));
      let place = blocks + 1 + 4;
      for (const [hashes, below] of [
        [512, 128],
        [4, 128],
        [1, 4],
      ] as const) {
        const block = new Uint8Array(4096);
        for (let at = 0; at < below; at++) block.set(digest, at * 32);
        for (let at = 0; at < hashes; at++) bytes.set(block, (place + at) * 4096);
        digest = await sha256(block);
        place -= hashes === 512 ? 4 : 1;
      }
      bytes[wrong * 4096] = 1;
      const root = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      const lab = await window.terra.open({
        id: "large",
        platforms: [{ id: "alice", vms: [{ name: "pc", image: "pc", on: false }] }],
      });
      const alice = lab.platform("alice");
      const { management } = alice;
      const vm = lab.vm("alice/pc").id;
      const medium = await alice.insertDisk({ bytes });
      const device = await management.createDevice({
        type: "disk",
        medium,
        class: "attested",
        root,
        salt: "",
        slot: 1,
      });
      await management.attach(vm, device);
      await management.on(vm);
      await lab.vm("alice/pc").console.run("dd if=/dev/vdb of=/dev/null bs=4096 count=1000");
    },
    { blocks: BLOCKS, wrong: WRONG },
  );
  await page.keyboard.press("4");
  const tree = page.getByRole("tree", { name: "Measurements of alice" });
  await tree.getByRole("treeitem", { name: /^disk boot/ }).focus();
  await page.keyboard.press("End");
  const map = page.locator(".map-body");
  await expect(page.getByText("65 536 blocks of 4 KiB")).toBeVisible();
  await expect(page.locator(".legend")).toContainText(/verified 1\s*0\d\d/);
  await page.keyboard.press("Tab");
  await expect(map).toBeFocused();
  const says = (words: RegExp) => expect(page.getByRole("status").filter({ hasText: words })).toBeAttached();
  await page.keyboard.press("ArrowDown");
  await says(/^block 0, verified$/);
  for (let at = 0; at < 20; at++) await page.keyboard.press("PageDown");
  await page.keyboard.press("End");
  await says(/^block .*, unchecked$/);
  // The canvas has the size of what is in sight, whatever the disk's.
  const height = await page.locator(".map-area canvas").evaluate((canvas: HTMLCanvasElement) => canvas.clientHeight);
  expect(height).toBeLessThan(900);
  await page.evaluate(async (wrong) => {
    const vm = window.terra.lab?.vm("alice/pc");
    await vm?.console.write(`dd if=/dev/vdb of=/dev/null bs=4096 skip=${wrong} count=1\n`);
    await vm?.waitForState("halted");
  }, WRONG);
  const callout = page.locator(".callout");
  await expect(callout).toBeVisible();
  await expect(callout).toContainText(/Block 40\s007 asked for by the guest at \d+\.\d{3} s, never delivered/);
  await expect(callout).toBeInViewport();
  await expect(callout.getByRole("button", { name: /tree says/ })).toBeVisible();
  await expect(callout.getByRole("button", { name: /block is/ })).toBeVisible();
  await page.locator(".map-way .icon-button").click();
  await map.focus();
  await page.keyboard.press("ArrowDown");
  await says(/^block 40\s007, failed$/);
  // The command says what lies on the medium, and that is not what the tree says.
  const found = await callout.getByRole("button", { name: /block is/ }).getAttribute("aria-label");
  const [digest = "none"] = /[0-9a-f]{64}/.exec(found ?? "") ?? [];
  await expect(page.locator("#lens .command-output")).toHaveText(`${digest}  -`);
  expect(errors).toEqual([]);
});
