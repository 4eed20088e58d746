/** Steps that flip one bit of what is measured: each layer on the flash, and each part of the closed box's image. */

import { type Appraisal, type MeasurementNode, makeBox, removeBox } from "../../lab/index.ts";
import { parseDescriptor, toHex } from "../../storage/index.ts";
import type { Step, StepContext, StepOutcome } from "../scenario.ts";
import { challenge, newest, refusedAt, short, shortened, verdict } from "../verdicts.ts";
import { ALICE, alice, flipBit, HELLO, locate, overwrite, reboot, touch, untouched } from "./machine.ts";

const FIRMWARE_MEDIUM = "hello.firmware";
const BOOT_MEDIUM = "hello.boot";
const NEXT_VERSION = { firmware: "hello-2.firmware", boot: "hello-2.boot" };
const BLOCK = 4096;

interface Layer {
  name: "firmware" | "loader" | "tvmm";
  part: string;
  title: string;
  text: string[];
  guess: string[];
}

/** One bit of a layer on the flash. It lies in the closing comment of the code, so that the layer still runs. */
function layerStep({ name, part, title, text, guess }: Layer): Step {
  return {
    id: name,
    title,
    paper: "Terra §4.2",
    text,
    expected: `The machine runs as before. The verifier refuses, naming the ${name === "tvmm" ? "TVMM" : name}.`,
    guess,
    lens: "verifier",
    markers: { 1: `alice/${name}`, 2: `verifier:${name}` },
    leaves: "nothing",
    async run(context) {
      await untouched(context);
      const before = (await alice(context).bootLog()).find((stage) => stage.name === name)?.digest ?? "";
      const { offset, length } = await locate(context, "flash", part);
      if (!context.control) await flipBit(context, "flash", offset + length - 2);
      await reboot(context);
      const after = (await alice(context).bootLog()).find((stage) => stage.name === name)?.digest ?? "";
      const appraisal = await challenge(context, HELLO);
      return {
        observed: `Measured ${short(after)} instead of ${short(before)}. ${verdict(appraisal)}`,
        passed: refusedAt(appraisal, name) && after !== before,
        artifacts: [{ kind: "digest", value: `${name} ${after}` }, ...(await newest(context, "appraisal"))],
      };
    },
  };
}

export const layers: Step[] = [
  layerStep({
    name: "firmware",
    part: "firmware",
    title: "One bit of the firmware",
    text: [
      "The flash lies outside the chip, and whoever holds a screwdriver can write to it. One bit of the firmware was changed there [1]. It does nothing at all: it lies in a comment.",
      "The chip measures it all the same, and cannot be talked into another number [2].",
    ],
    guess: [
      "The machine no longer starts.",
      "It runs, and the verifier refuses.",
      "It runs, and is accepted: a comment does nothing.",
    ],
  }),
  layerStep({
    name: "loader",
    part: "loader",
    title: "One bit of the loader",
    text: [
      "Now the firmware is the right one and one bit of the loader differs [1]. The firmware measures the loader, so the verifier’s list fails one check later [2].",
    ],
    guess: [
      "The firmware refuses to start it.",
      "It runs, and the verifier refuses.",
      "It runs, and is accepted: the firmware is right.",
    ],
  }),
  layerStep({
    name: "tvmm",
    part: "tvmm.release",
    title: "One bit of the TVMM",
    text: [
      "And one bit of the TVMM [1]. Nobody has hidden anything; the loader says what it started, and no vendor vouches for that [2].",
    ],
    guess: ["The loader refuses to start it.", "It runs, and the verifier refuses.", "It runs, and hides the change."],
  }),
];

async function switchOff(context: StepContext): Promise<string> {
  const vm = context.lab.vm(HELLO);
  touch(context);
  if ((await vm.status()).state === "on") await alice(context).management.off(vm.id);
  return vm.id;
}

/** ON, answered by the TVMM with nothing, or with the reason why not. */
async function switchOn(context: StepContext, id: string): Promise<string> {
  try {
    await alice(context).management.on(id);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const kernel: Step = {
  id: "kernel",
  title: "One bit of the kernel",
  paper: "Terra §4.1",
  text: [
    "A box’s descriptor holds the digests of everything the box is made of. One bit of its kernel was changed on the medium; the descriptor is the old one [1].",
  ],
  expected: "The TVMM refuses to switch the box on, naming the kernel. No instruction of it runs.",
  guess: ["The box is not switched on.", "It runs, and the verifier refuses.", "It runs as before."],
  lens: "measurements",
  markers: { 1: "alice/hello" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const id = await switchOff(context);
    const { offset, length } = await locate(context, FIRMWARE_MEDIUM, "kernel");
    if (!context.control) await flipBit(context, FIRMWARE_MEDIUM, offset + Math.floor(length / 2));
    const refusal = await switchOn(context, id);
    const { state } = await context.lab.vm(HELLO).status();
    return {
      observed: refusal ? `Refused: ${shortened(refusal)}. The box is ${state}.` : `Switched on. The box is ${state}.`,
      passed: refusal.startsWith("integrity: ") && refusal.includes("kernel") && state !== "on",
      artifacts: [...(await newest(context, "management")), ...(await newest(context, "power"))],
    };
  },
};

/** A changed kernel whose descriptor was rewritten to match: consistent, and somebody else. */
export const descriptor: Step = {
  id: "descriptor",
  title: "The descriptor rewritten to match",
  paper: "Terra §4.1",
  text: [
    "A cleverer attacker changes the kernel’s last byte and writes the new digest into the descriptor. Everything fits again, and the TVMM starts the box.",
    "But the box’s identity is the hash of its descriptor [1]. This is another box now, and nobody has vouched for it [2].",
  ],
  expected: "The box runs under another identity. The verifier refuses, naming the VM.",
  guess: ["The box is not switched on.", "It runs, and is refused as somebody else.", "It runs, and is accepted."],
  lens: "verifier",
  markers: { 1: "alice/hello", 2: "verifier:vm" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const before = (await context.lab.vm(HELLO).identity()).primary;
    if (!context.control) {
      const part = await locate(context, FIRMWARE_MEDIUM, "kernel");
      await flipBit(context, FIRMWARE_MEDIUM, part.offset + part.length - 1);
      const bytes = Uint8Array.from(await alice(context).disk(FIRMWARE_MEDIUM).read(part.offset, part.length));
      const changed = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
      const place = await locate(context, FIRMWARE_MEDIUM, "descriptor.json");
      const old = await alice(context).disk(FIRMWARE_MEDIUM).read(place.offset, place.length);
      const claimed = parseDescriptor(old).firmware.kernel.sha256;
      const rewritten = new TextDecoder().decode(old).replace(claimed, changed);
      await overwrite(context, FIRMWARE_MEDIUM, place.offset, new TextEncoder().encode(rewritten));
    }
    await reboot(context);
    const after = (await context.lab.vm(HELLO).identity()).primary;
    const appraisal = await challenge(context, HELLO);
    return {
      observed: `The box is ${short(after)}, it was ${short(before)}. ${verdict(appraisal)}`,
      passed: refusedAt(appraisal, "vm") && after !== before,
      artifacts: [{ kind: "digest", value: `vm ${after}` }, ...(await newest(context, "appraisal"))],
    };
  },
};

/** A block that the guest has read since it was started, so that it will read it again. */
async function blockThatIsRead(context: StepContext): Promise<number> {
  // Once its agent has a certificate the box has read what it starts from.
  const since = (await context.lab.messages({ kind: "power", vm: HELLO })).at(-1)?.sequence ?? 0;
  await context.lab.waitForMessage({ kind: "endorse", vm: HELLO, outcome: "accepted", since });
  const path = ["chip", "firmware", "loader", "tvmm", "hello", "boot"];
  const disk = await context.lab.vm(HELLO).measurements({ path, depth: 8, count: 65_536 });
  const verified: number[] = [];
  const walk = (node: MeasurementNode) => {
    if (node.kind === "block" && node.state === "verified") verified.push(Number(node.name));
    for (const child of node.children ?? []) walk(child);
  };
  walk(disk);
  const chosen = verified.sort((a, b) => a - b)[Math.floor(verified.length / 2)];
  if (chosen === undefined) throw new Error("no block of the boot disk was verified");
  return chosen;
}

export const optimistic: Step = {
  id: "disk-optimistic",
  title: "One bit of the disk, checked as it is read",
  paper: "Terra §4.1",
  text: [
    "The box’s disk is checked block by block, at each read from the medium [1]. One bit of one block was changed. The box starts, because nobody has looked there yet.",
    "When it reads that block, the TVMM stops it [2]. Not one byte of the block reaches the guest.",
  ],
  expected: "The box starts, then halts, naming disk and block.",
  guess: ["The box is not switched on.", "It starts, and stops at that block.", "It reads the block and goes on."],
  lens: "measurements",
  markers: { 1: "measurements:boot", 2: "alice/hello" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const block = await blockThatIsRead(context);
    const id = await switchOff(context);
    if (!context.control) await flipBit(context, BOOT_MEDIUM, block * BLOCK + 100);
    const since = (await context.lab.messages()).at(-1)?.sequence ?? 0;
    const refusal = await switchOn(context, id);
    if (refusal) return { observed: `Refused at ON: ${refusal}`, passed: false, artifacts: [] };
    const vm = context.lab.vm(HELLO);
    // The box either halts or gets as far as asking for its certificate.
    const endorsed = context.lab.waitForMessage({ kind: "endorse", vm: HELLO, since }).catch(() => undefined);
    await Promise.race([vm.waitForState("halted"), endorsed]);
    const { state, halt } = await vm.status();
    const observed = halt
      ? `Halted, ${halt.reason}: disk ${halt.disk ?? "?"}, block ${halt.block ?? "?"}. The bit was in block ${block}.`
      : `The box is ${state}, and asked for its certificate.`;
    return {
      observed,
      passed: state === "halted" && halt?.disk === "boot" && halt.block === block,
      artifacts: await newest(context, "halt"),
    };
  },
};

export const aheadOfTime: Step = {
  id: "disk-ahead",
  title: "One bit of the disk, checked before the start",
  paper: "Terra §4.1",
  text: [
    "The other way of checking: the whole disk is hashed before the box starts, and the guest reads the copy that was hashed [1]. One bit anywhere, even in a block that nobody ever reads, and the box stays off.",
  ],
  expected: "The TVMM refuses to switch the box on, naming disk and block.",
  guess: ["The box is not switched on.", "It starts, and stops at that block.", "It runs: nobody reads that block."],
  lens: "measurements",
  markers: { 1: "alice/hello" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const management = alice(context).management;
    const image = (await context.terra.images()).find((each) => each.id === "hello");
    if (!image) throw new Error("the catalogue has no image hello");
    const { boot } = parseDescriptor(image.descriptor);
    touch(context);
    await removeBox(management, context.lab.vm(HELLO).id);
    const block = boot.size / boot.blockSize - 1;
    if (!context.control) await flipBit(context, BOOT_MEDIUM, block * BLOCK + 100);
    const vm = await makeBox(management, {
      name: "hello",
      firmware: FIRMWARE_MEDIUM,
      boot: BOOT_MEDIUM,
      descriptor: async () => image.descriptor,
      checking: "ahead-of-time",
      vendorCertificates: image.vendorCertificates,
    });
    const refusal = await switchOn(context, vm);
    const { state } = await context.lab.vm(HELLO).status();
    return {
      observed: refusal
        ? `Refused: ${shortened(refusal)}. The bit was in block ${block}.`
        : `Switched on. The box is ${state}.`,
      passed: refusal.startsWith("integrity: ") && refusal.includes(`block ${block} of disk boot `) && state !== "on",
      artifacts: [...(await newest(context, "management")), ...(await newest(context, "power"))],
    };
  },
};

/** The box's next version, which nobody's list of hashes holds, without and with its vendor's word. */
function nextVersion(vouched: boolean): Step {
  return {
    id: vouched ? "next-version-vouched" : "next-version",
    title: vouched ? "The vendor vouches for it" : "A version nobody vouched for",
    paper: "Terra §2.2",
    text: vouched
      ? [
          "The same version, and with it a certificate in which the vendor says: this hash is our product, version 1.1.0 [1]. Nothing was changed at the verifier.",
        ]
      : [
          "Next to the old box the next version of it comes up. It is genuine, but its hash is new, and it brings no word of its vendor [1].",
        ],
    expected: vouched ? "The verifier accepts, and names product and version." : "The verifier refuses, naming the VM.",
    guess: vouched
      ? ["The verifier accepts.", "It refuses: its own list has not changed."]
      : ["The verifier accepts: the box is genuine.", "It refuses: it does not know this hash."],
    lens: "verifier",
    markers: { 1: "verifier:vm" },
    leaves: "nothing",
    async run(context) {
      if (!vouched || context.control) await untouched(context);
      const appraisal = await appraiseNextVersion(context, vouched !== context.control);
      const named = appraisal.layers.find((layer) => layer.layer === "vm");
      const accepted = appraisal.accepted && named?.version === "1.1.0";
      return {
        observed: verdict(appraisal),
        passed: vouched ? accepted : refusedAt(appraisal, "vm"),
        artifacts: await newest(context, "appraisal"),
      } satisfies StepOutcome;
    },
  };
}

async function appraiseNextVersion(context: StepContext, withCertificate: boolean): Promise<Appraisal> {
  const management = alice(context).management;
  const image = (await context.terra.images()).find((each) => each.id === "hello-2");
  if (!image) throw new Error("the catalogue has no image hello-2");
  touch(context);
  const old = (await management.vms()).find((vm) => vm.name === "hello-2");
  if (old) await removeBox(management, old.id);
  const present = (await alice(context).disks()).some((disk) => disk.id === NEXT_VERSION.boot);
  const media = present ? NEXT_VERSION : await alice(context).insertImage("hello-2");
  const vm = await makeBox(management, {
    name: "hello-2",
    ...media,
    descriptor: async () => image.descriptor,
    vendorCertificates: withCertificate ? image.vendorCertificates : [],
  });
  await management.on(vm);
  await alice(context).display.focus(vm);
  return challenge(context, `${ALICE}/hello-2`);
}

export const versions: Step[] = [nextVersion(false), nextVersion(true)];
