/** Steps about what the two ends go by: roots and policy on an attested disk, and a list of machines that are not to be believed any more. */
import { generateKeyPair, issueHardwareRoot } from "../../attestation/index.ts";
import type { Step } from "../scenario.ts";
import { newest, shortened } from "../verdicts.ts";
import { addBox, dropBox } from "./boxes.ts";
import { alice, bankListens, callBank, SERVER, verdictInLog, verdictOnScreen } from "./people.ts";

export const ownRoots: Step = {
  id: "own-roots",
  title: "Roots of the owner’s making",
  paper: "Terra §4.1, §4.3",
  text: [
    "Alice’s owner would like her box to believe his own chip maker. He gives the client another disk with roots and policy [1]: it is a disk, and he owns the machine.",
    "But the disk is attested: its root stands in the box’s certificate. Each end wants the other to have the same disk as itself [2].",
  ],
  expected:
    "The box with the owner’s roots refuses the bank at the last check: their trust disks differ. No word is exchanged.",
  guess: ["Box and bank accept each other.", "His box refuses the bank."],
  lens: "monitor",
  markers: { 1: "alice/own-roots", 2: SERVER },
  leaves: "nothing",
  async run(context) {
    await bankListens(context);
    const told = await context.lab.trust();
    const keys = await generateKeyPair();
    const mine = await issueHardwareRoot({ keyPair: keys, name: "A root of the owner’s" });
    const common = told?.trust.common ?? {};
    const trust = await context.terra.trustDisk({
      ...told?.trust,
      common: context.control ? common : { ...common, hardwareRoots: [...(common.hardwareRoots ?? []), mine] },
    });
    const box = await addBox(context, alice(context), {
      name: "own-roots",
      image: "bank-client",
      config: { address: "10.0.0.4/24", peer: "10.0.0.1" },
      role: "internet",
      vouched: true,
      trust,
    });
    const verdict = await verdictOnScreen(context, "alice/own-roots");
    context.later(() => dropBox(alice(context), box));
    return {
      observed: `The screen of the owner’s box says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("refused at secondary"),
      artifacts: [
        { kind: "screen", value: "alice/own-roots" },
        { kind: "digest", value: `trust ${trust.root}` },
      ],
    };
  },
};

export const revoked: Step = {
  id: "revoked",
  title: "A machine whose key has leaked",
  paper: "Terra §2.2",
  text: [
    "The key of Alice’s chip is known to have leaked. From then on her machine’s certificates prove nothing: whoever has the key can make them. The chip’s maker puts it on a list [1], and the list goes to everybody on the next trust disk.",
  ],
  expected: "With the list on both ends’ disks the bank refuses Alice’s box at the check of revocation.",
  guess: ["The bank refuses Alice’s box.", "The bank accepts: her box has not changed."],
  lens: "console",
  markers: { 1: SERVER, 2: "alice/chip" },
  async run(context) {
    const list = context.control ? await context.terra.revocationList() : await context.terra.revoke("alice");
    const told = await context.lab.trust();
    const trust = told?.trust ?? {};
    const root = await context.lab.setTrust({ ...trust, common: { ...trust.common, revocationLists: [list] } });
    await bankListens(context);
    await callBank(context);
    const verdict = await verdictInLog(context, "10.0.0.2", 0);
    return {
      observed: `The trust disk is now ${shortened(root)}. The bank says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("failed revocation"),
      artifacts: [
        { kind: "digest", value: `trust ${root}` },
        { kind: "console", value: verdict },
        ...(await newest(context, "tls")),
      ],
    };
  },
};
