/** Steps that boot the machine and ask its closed box who it is: the undisturbed run, against which all attacks are held. */

import type { Evidence } from "../../lab/index.ts";
import { toHex } from "../../storage/index.ts";
import type { Step } from "../scenario.ts";
import { challenge, newest, refusedAt, short, verdict } from "../verdicts.ts";
import { alice, HELLO, locate, reboot, untouched } from "./machine.ts";

const PARTS = { firmware: "firmware", loader: "loader", tvmm: "tvmm.release" } as const;

export const boot: Step = {
  id: "boot",
  title: "The machine is measured before it starts",
  paper: "Terra §4.2",
  text: [
    "Alice’s PC starts at the bottom. The chip hashes the firmware and starts exactly the bytes that it hashed [1]. The firmware does the same with the loader, the loader with the TVMM [2].",
    "Two boxes come up on the TVMM: an open one with a shell, and a closed one that only its maker can look into.",
  ],
  expected: "Each layer’s digest is the SHA-256 of the bytes on the flash, and both boxes are on.",
  guess: ["Each digest is that of the bytes on the flash.", "The TVMM’s is not: it runs, and what runs changes."],
  lens: "measurements",
  markers: { 1: "alice/chip", 2: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const log = await alice(context).bootLog();
    const flash = alice(context).disk("flash");
    const artifacts = [];
    let equal = 0;
    for (const stage of log) {
      if (stage.name === "chip" || stage.digest === undefined) continue;
      const { offset, length } = await locate(context, "flash", PARTS[stage.name]);
      const bytes = Uint8Array.from(await flash.read(offset, length));
      if (context.control) bytes[0] = (bytes[0] ?? 0) ^ 1;
      const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
      if (digest === stage.digest) equal += 1;
      artifacts.push({ kind: "digest" as const, value: `${stage.name} ${stage.digest}` });
    }
    await Promise.all(context.lab.vms().map((vm) => context.lab.vm(vm).waitForState("on")));
    const { console } = context.lab.vm("alice/pc");
    // The shell asks for the cursor's position right behind its prompt, sometimes in the same breath.
    await console.waitFor(/\S [#$] /, { from: 0 });
    await console.write("uname -sr\n");
    const shell = await console.waitFor(/Linux \d+\.\S+/);
    artifacts.push({ kind: "console" as const, value: "alice/pc" });
    return {
      observed: `${equal} of 3 digests are those of the bytes on the flash. ${context.lab.vms().length} boxes are on; the open one’s shell says “${shell}”.`,
      passed: equal === 3 && context.lab.vms().length === 2,
      artifacts,
    };
  },
};

export const evidence: Step = {
  id: "evidence",
  title: "The closed box proves what it is",
  paper: "Terra §2.2",
  text: [
    "A verifier far away sends a random number. The agent inside the box signs it with a key that the TVMM has endorsed [1], and sends five certificates along, from the box down to the chip.",
    "The verifier checks nine things [2]. It has never seen this machine; it knows the vendors’ roots.",
  ],
  expected: "The verifier accepts, and names product and version of every layer.",
  guess: ["It accepts.", "It refuses: it has never seen this machine."],
  lens: "verifier",
  markers: { 1: "alice/hello", 2: "verifier" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const nonce = context.terra.nonce();
    const answer: Evidence = await context.lab.vm(HELLO).evidence(nonce);
    const signature = Uint8Array.from(answer.signature);
    const last = signature.length - 1;
    if (context.control) signature[last] = (signature[last] ?? 0) ^ 1;
    const appraisal = await context.terra.appraise({ ...answer, signature }, nonce);
    const { primary } = await context.lab.vm(HELLO).identity();
    const named = appraisal.layers.find((layer) => layer.layer === "vm");
    return {
      observed: `${verdict(appraisal)} The box is ${short(primary)}.`,
      passed:
        appraisal.accepted &&
        named?.digest === primary &&
        appraisal.layers.every((layer) => layer.product && layer.version),
      artifacts: [
        { kind: "digest", value: `vm ${primary}` },
        ...(await newest(context, "evidence")),
        ...(await newest(context, "appraisal")),
      ],
    };
  },
};

export const oldNonce: Step = {
  id: "old-nonce",
  title: "An old answer is played back",
  paper: "Terra §4.3",
  text: [
    "Somebody has kept an answer that the verifier once accepted. Now the verifier asks again, with a new random number [1], and gets the old answer.",
  ],
  expected: "The verifier refuses at its first check: the signature is over another number.",
  guess: ["It accepts: nothing in the answer is false.", "It refuses: the number is another."],
  lens: "verifier",
  markers: { 1: "verifier:freshness" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const before = context.terra.nonce();
    const answer = await context.lab.vm(HELLO).evidence(before);
    const asked = context.control ? before : context.terra.nonce();
    const appraisal = await context.terra.appraise(answer, asked);
    return {
      observed: verdict(appraisal),
      passed: refusedAt(appraisal, "freshness"),
      artifacts: await newest(context, "appraisal"),
    };
  },
};

/** The same machine with the debug TVMM: attested truthfully, trusted by nobody, and the sealed key stays shut. */
export const debugTvmm: Step = {
  id: "debug-tvmm",
  title: "The owner boots another TVMM",
  paper: "Terra §4.2",
  text: [
    "Alice may boot what she likes; it is her PC. This is the debug build of the TVMM [1], which keeps no maker’s console shut.",
    "The loader reports it truthfully, no vendor vouches for it, and what the release TVMM has sealed does not open.",
  ],
  expected: "It runs; the verifier refuses, naming the TVMM; the sealed key stays shut.",
  guess: ["The machine refuses to start it.", "It runs, and the verifier refuses.", "It runs, and nobody notices."],
  lens: "verifier",
  markers: { 1: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    await untouched(context);
    const since = (await context.lab.messages()).at(-1)?.sequence ?? 0;
    await reboot(context, context.control ? "release" : "debug");
    const appraisal = await challenge(context, HELLO);
    const power = await context.lab.messages({ kind: "power", since });
    const sealed = power.find((message) => message.summary.startsWith("sealed"));
    return {
      observed: `${verdict(appraisal)} The TVMM says ${sealed ? `“${sealed.summary}”` : "nothing about the sealed key"}.`,
      passed: refusedAt(appraisal, "tvmm") && sealed?.outcome === "refused",
      artifacts: [
        ...(sealed ? [{ kind: "message" as const, value: String(sealed.sequence) }] : []),
        ...(await newest(context, "appraisal")),
      ],
    };
  },
};
