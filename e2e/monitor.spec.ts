/**
 * The machine's monitor (trusted path, paper 2.3), in the page, with real guests: the strip that no box can paint, the sign in it, text
 * that can be selected, and keys and mouse that reach the focused box alone.
 */
import { inflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, test } from "./support.ts";

const LAB = {
  id: "monitor",
  platforms: [
    {
      id: "alice",
      focus: "pc",
      vms: [
        { name: "pc", image: "pc" },
        { name: "hello", image: "hello" },
      ],
    },
  ],
};
/** Frame and strip, CSS pixels (engine/protocol/surface-layout.ts). */
const STRIP = 43;

async function open(page: Page): Promise<void> {
  await page.evaluate(async (lab) => {
    const { platform, vm } = await window.terra.open(lab);
    await platform("alice").display.focus(vm("alice/pc").id);
    await vm("alice/pc").console.run("clear > /dev/tty0");
  }, LAB);
  await page.keyboard.press("1");
}

const run = (page: Page, vm: string, command: string) =>
  page.evaluate(async ([path, line]) => (await window.terra.lab?.vm(path).console.run(line))?.output ?? "", [
    vm,
    command,
  ] as const);

const screenOf = (page: Page) =>
  page.evaluate(async () => {
    const lab = window.terra.lab;
    if (!lab) throw new Error("there is no lab");
    return (await lab.platform("alice").display.text(lab.vm("alice/pc").id)).screen;
  });

/** Rows of pixels, three bytes each, of a PNG with 8 bits a channel. */
interface Pixels {
  width: number;
  height: number;
  row(y: number): string;
  at(x: number, y: number): number[];
}

/** PNG (RFC 2083): colour type 2 or 6, not interlaced, as canvases make them. */
function decode(png: Buffer): Pixels {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? (bytes[y * stride + x - channels] ?? 0) : 0;
      const up = y > 0 ? (bytes[(y - 1) * stride + x] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (bytes[(y - 1) * stride + x - channels] ?? 0) : 0;
      const paeth = () => {
        const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
        if (a <= b && a <= c) return left;
        return b <= c ? up : corner;
      };
      const predicted = [0, left, up, (left + up) >> 1, filter === 4 ? paeth() : 0][filter ?? 0] ?? 0;
      bytes[y * stride + x] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + predicted) & 255;
    }
  }
  return {
    width,
    height,
    row: (y) => bytes.toString("hex", y * stride, (y + 1) * stride),
    at: (x, y) => [...bytes.subarray(y * stride + x * channels, y * stride + x * channels + 3)],
  };
}

const pngOf = async (page: Page, vm: string): Promise<Pixels> =>
  decode(
    Buffer.from(
      await page.evaluate(async (path) => {
        const lab = window.terra.lab;
        if (!lab) throw new Error("there is no lab");
        return [...(await lab.platform("alice").display.png(lab.vm(path).id))];
      }, vm),
    ),
  );

/** A box like pc, with other words on its kernel's command line: an open box is its owner's to change. */
async function makeBox(page: Page, name: string, words: string): Promise<void> {
  await page.evaluate(
    async ([name, words]) => {
      const lab = window.terra.lab;
      if (!lab) throw new Error("there is no lab");
      const alice = lab.platform("alice");
      const { management } = alice;
      const { firmware, boot } = await alice.insertImage("pc");
      const bytes = await alice.disk(firmware).copy();
      const text = new TextDecoder("latin1").decode(bytes);
      const [last = ""] = /initcall_blacklist=[a-z_,]* i8042\.noaux/.exec(text) ?? [];
      bytes.set(new TextEncoder().encode(words.padEnd(last.length)), text.indexOf(last));
      const medium = await alice.insertDisk({ bytes });
      const vm = await management.createVm({ name, image: { medium, image: "pc" } });
      const [, salt = "", root = ""] = /"salt": ?"(\w+)",\s*"root": ?"(\w+)"/.exec(text) ?? [];
      const devices = [
        { type: "disk", medium: boot, class: "attested", root, salt, slot: 0 },
        { type: "serial", purpose: "console" },
        { type: "display" },
      ] as const;
      for (const device of devices) await management.attach(vm, await management.createDevice(device));
      await management.on(vm);
      await alice.display.focus(vm);
      await lab.vm(`alice/${name}`).console.run("cd /tmp");
    },
    [name, words] as const,
  );
}

test("a strip that a box paints lies below the real one, whose pixels it never changes", async ({ terra }) => {
  await open(terra);
  const before = await pngOf(terra, "alice/pc");
  // As far up and as wide as a box can: white ground, the other box's name, and a band of blocks below.
  const paint = [
    "printf '\\033[?25l\\033[H\\033[2J\\033[107;30m%80s' ''",
    "printf '\\033[H  hello closed                                                        kestrel'",
    "printf '\\033[2;1H\\033[45m%80s\\033[0m' ''",
    "printf '\\033[5;1HSession expired. Password: '",
  ];
  await run(terra, "alice/pc", `(${paint.join("; ")}) > /dev/tty0`);
  await expect.poll(() => screenOf(terra)).toContain("hello closed");
  const after = await pngOf(terra, "alice/pc");
  const changed = Array.from({ length: after.height }, (_, y) => y).filter((y) => before.row(y) !== after.row(y));
  expect(changed[0], "the box's picture begins below the strip").toBeGreaterThanOrEqual(STRIP);
  // The control: it did paint, and right below the strip.
  expect(changed[0]).toBeLessThan(STRIP + 40);
  expect(changed.length).toBeGreaterThan(10);
  const { strip } = await terra.evaluate(async () => {
    const focused = await window.terra.lab?.platform("alice").display.focused();
    return focused ?? { strip: "" };
  });
  expect(strip).toMatch(/^pc · open · /);
});

test("the person chooses a sign: it is in the strip, stays over power-off, and no other TVMM shows it", async ({
  terra,
}) => {
  await open(terra);
  const monitor = terra.locator("#lens");
  await monitor.getByRole("button", { name: "Choose your own" }).click();
  const word = monitor.getByLabel("Word, 3 to 12 letters");
  await word.fill("x1");
  await monitor.getByRole("button", { name: "Keep it" }).click();
  await expect(monitor.getByRole("alert")).toContainText("one word of 3 to 12 letters");
  const lot = await pngOf(terra, "alice/pc");
  await word.fill("Quokkakeks");
  await monitor.getByRole("radio", { name: "moon" }).check({ force: true });
  await word.press("Enter");
  await expect(monitor.getByText("Quokkakeks")).toBeVisible();
  const shown = async () =>
    terra.evaluate(async () => {
      const display = window.terra.lab?.platform("alice").display;
      return { strip: (await display?.focused())?.strip, sign: await display?.sign() };
    });
  const chosen = { sign: { word: "Quokkakeks", glyph: "moon" }, chosen: true };
  expect(await shown()).toEqual({ strip: "pc · open · Quokkakeks (moon)", sign: chosen });
  // The worker that draws the strip draws it anew.
  await expect
    .poll(async () => {
      const now = await pngOf(terra, "alice/pc");
      return Array.from({ length: STRIP - 6 }, (_, y) => now.row(y) === lot.row(y)).includes(false);
    })
    .toBe(true);

  // Not in a guest's memory, where the control is: a word that the guest was given.
  await run(terra, "alice/pc", "echo Kontrollwort > /tmp/word; cat /tmp/word > /dev/tty0");
  const found = await terra.evaluate(async () => {
    const lab = window.terra.lab;
    if (!lab) throw new Error("there is no lab");
    const memory = await lab.platform("alice").inspect.readMemory(lab.vm("alice/pc").id, 0, 64 * 2 ** 20);
    const text = new TextDecoder("latin1").decode(memory);
    return ["Kontrollwort", "Quokkakeks"].map((each) => text.includes(each));
  });
  expect(found).toEqual([true, false]);

  const power = (tvmm?: string) =>
    terra.evaluate(async (build) => {
      const alice = window.terra.lab?.platform("alice");
      await alice?.powerOff();
      await alice?.powerOn(build === undefined ? {} : { tvmm: build });
    }, tvmm);
  await power("debug");
  expect(await shown()).toMatchObject({
    strip: expect.stringMatching(/ · no sign$/),
    sign: { sign: null, why: expect.stringMatching(/stays sealed: made under another TVMM/) },
  });
  await expect(monitor.getByText(/The strip says “no sign”/)).toBeVisible();
  await power("release");
  expect((await shown()).sign).toEqual(chosen);
});

test("the screen's text is selected on the picture, where its letters are", async ({ terra }) => {
  await open(terra);
  await run(
    terra,
    "alice/pc",
    "printf '\\033[H\\033[2Jfirst line\\nmain \\303\\244\\342\\224\\200\\342\\224\\200 word\\n' > /dev/tty0",
  );
  await expect.poll(() => screenOf(terra)).toContain("word");
  const layer = terra.locator(".text-layer");
  await expect(layer).toContainText("word");
  for (const scale of ["half", "full"]) {
    if (scale === "full") {
      await terra.keyboard.press("f");
      // The layer comes once the picture's new place is measured.
      await expect(terra.getByRole("region", { name: "Full size" }).locator(".text-layer")).toContainText("word");
    }
    const cells = await terra.evaluate(() => {
      const layer = document.querySelector<HTMLElement>(".text-layer");
      const row = layer?.children[1];
      if (!layer || !row) throw new Error("there is no text layer");
      const walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const at = node.textContent?.indexOf("word") ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 4);
        const word = range.getBoundingClientRect();
        const whole = layer.getBoundingClientRect();
        return {
          column: (word.left - whole.left) / (whole.width / 80),
          row: row.getBoundingClientRect().top - whole.top,
          cellHeight: row.getBoundingClientRect().height,
        };
      }
      throw new Error("the word is not there");
    });
    // "main ä── " is nine cells wide.
    expect(Math.abs(cells.column - 9)).toBeLessThan(0.1);
    expect(cells.row).toBeCloseTo(cells.cellHeight, 1);
  }
  const box = await layer.boundingBox();
  if (!box) throw new Error("the layer has no box");
  const cell = box.width / 80;
  const height = await layer.evaluate((each) => each.children[0]?.getBoundingClientRect().height ?? 0);
  await terra.mouse.move(box.x + 0.1 * cell, box.y + height / 2);
  await terra.mouse.down();
  await terra.mouse.move(box.x + 5.1 * cell, box.y + 1.5 * height, { steps: 4 });
  await terra.mouse.up();
  expect(await terra.evaluate(() => document.getSelection()?.toString().replace(/\n+/g, "\n"))).toBe(
    "first line\nmain ",
  );
  await expect(terra.getByRole("button", { name: "Copy", exact: true }).last()).toBeVisible();
});

test("a graphical box: its pixels sharp and in the middle, a miniature for its owner, and the mouse for it alone", async ({
  terra,
}) => {
  await open(terra);
  await makeBox(terra, "game", "terra.video=320x200");
  // Blue, green, red, nothing: half a line of each colour, doubled until there is a screen of it. The frame buffer takes what it holds.
  await run(
    terra,
    "alice/game",
    [
      'half() { i=0; while [ $i -lt 160 ]; do printf "$1"; i=$((i+1)); done; }',
      "half '\\000\\000\\377\\000' > red; half '\\000\\377\\000\\000' > green",
      "cat red red red red red red red red red red red red red red red red red red red red > some",
      "cat green some some some some some some some some some some some some some some some some some some some some some > all",
      "cat all > /dev/fb0",
    ].join("; "),
  );
  await expect(terra.getByRole("img", { name: "game’s screen, a picture of 320 by 200 pixels" })).toBeVisible();
  await terra.keyboard.press("f");
  const surface = terra.getByRole("application");
  await expect(surface).toHaveClass(/picture/);
  const picture = await pngOf(terra, "alice/game");
  const isRed = ([red = 0, green = 0, blue = 0]: number[]) => red === 255 && green === 0 && blue === 0;
  const isGreen = ([red = 0, green = 0, blue = 0]: number[]) => red === 0 && green === 255 && blue === 0;
  const middle = Math.floor((STRIP + picture.height) / 2);
  const reds = Array.from({ length: picture.width }, (_, x) => x).filter((x) => isRed(picture.at(x, middle)));
  const [left = 0, right = 0] = [reds[0], reds.at(-1)];
  expect(reds.length, "no colour between the guest's own").toBe(right - left + 1);
  expect(Math.abs(left - (picture.width - 1 - right))).toBeLessThanOrEqual(1);
  const factor = reds.length / 320;
  expect(factor).toBeGreaterThan(1);
  const greens = Array.from({ length: picture.width }, (_, x) => x).filter((x) =>
    isGreen(picture.at(x, [...Array(picture.height).keys()].find((y) => isGreen(picture.at(left, y))) ?? 0)),
  );
  expect(greens.length).toBe(Math.round(160 * factor));

  await run(terra, "alice/game", "exec 3< /dev/input/event1");
  await surface.click();
  await expect.poll(() => terra.evaluate(() => document.pointerLockElement !== null)).toBe(true);
  await expect(terra.getByText(/Esc gives the mouse back/)).toBeVisible();
  const at = await surface.boundingBox();
  if (!at) throw new Error("the surface has no box");
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  await terra.mouse.move(x + 30, y - 20);
  await terra.mouse.down();
  await terra.mouse.up();
  const read =
    'dd bs=16 count=7 <&3 2>/dev/null | hexdump -v -e \'1/4 "%u " 1/4 "%u " 1/2 "%u " 1/2 "%u " 1/4 "%d\\n"\' | cut -d\' \' -f3- | sort | uniq';
  const seen = await run(terra, "alice/game", read);
  expect(seen).toMatch(/^1 272 0$/m);
  expect(seen).toMatch(/^1 272 1$/m);
  expect(seen).toMatch(/^2 0 30$/m);
  expect(seen).toMatch(/^2 1 -20$/m);

  // The attention key gives both back, and 1-9 choose: pc has the monitor, and no mouse is captured.
  await terra.keyboard.press("Control+Alt+Enter");
  expect(await terra.evaluate(() => document.pointerLockElement)).toBeNull();
  await terra.keyboard.press("1");
  await expect
    .poll(() => terra.evaluate(async () => (await window.terra.lab?.platform("alice").display.focused())?.strip))
    .toMatch(/^pc · open/);
});
