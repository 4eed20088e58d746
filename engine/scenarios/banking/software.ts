/** Steps in which one end runs something else than it should, and the other end notices (paper 2.2, 4.3). */
import type { Step, StepContext } from "../scenario.ts";
import { newest, shortened } from "../verdicts.ts";
import { addBox, changeByte, dropBox, remade } from "./boxes.ts";
import {
  alice,
  bank,
  bankListens,
  CLIENT,
  logMark,
  restartClient,
  SERVER,
  verdictInLog,
  verdictOnScreen,
} from "./people.ts";

async function vouchedFor(context: StepContext, image: string): Promise<string[]> {
  return (await context.terra.images()).find(({ id }) => id === image)?.vendorCertificates ?? [];
}

export const oneByte: Step = {
  id: "one-byte",
  title: "One byte of the client",
  paper: "Terra §2.2",
  text: [
    "Somebody has changed one byte of the client’s image: a letter of a word that means nothing to its kernel [1]. The box runs as before and looks the same. It has another identity.",
  ],
  expected: "The bank refuses at the check of the VM: nobody vouches for this digest.",
  guess: ["The box does not start.", "The bank refuses it.", "The bank accepts: it behaves as before."],
  lens: "console",
  markers: { 1: CLIENT, 2: SERVER },
  leaves: "nothing",
  async run(context) {
    await bankListens(context);
    const vendors = await vouchedFor(context, "bank-client");
    const medium = "bank-client.firmware";
    const before = context.control
      ? await alice(context).disk(medium).copy()
      : await changeByte(alice(context), medium);
    const mark = await logMark(context);
    await remade(context, CLIENT, vendors);
    const verdict = await verdictInLog(context, "10.0.0.2", mark);
    context.later(async () => {
      await alice(context).disk(medium).restore(before);
      await remade(context, CLIENT, vendors);
    });
    return {
      observed: `The bank says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("failed vm"),
      artifacts: [{ kind: "console", value: verdict }, ...(await newest(context, "tls"))],
    };
  },
};

/** The next version of the client beside the lab's own, with or without its vendor's word; what the bank says of it, and its whole log of that. */
async function nextVersion(context: StepContext, vouched: boolean): Promise<{ verdict: string; log: string }> {
  await bankListens(context);
  const mark = await logMark(context);
  const box = await addBox(context, alice(context), {
    name: "bank-client-2",
    image: "bank-client-2",
    config: { address: "10.0.0.3/24", peer: "10.0.0.1" },
    role: "internet",
    vouched,
  });
  const verdict = await verdictInLog(context, "10.0.0.3", mark);
  const log = (await context.lab.vm(SERVER).console.text()).slice(mark);
  context.later(() => dropBox(alice(context), box));
  return { verdict, log };
}

export const newVersion: Step = {
  id: "new-version",
  title: "A new version that nobody vouches for",
  paper: "Terra §4.3",
  text: [
    "The vendor has a new client. Its digest is on nobody’s list, and so far only the file has arrived, without a word from the vendor.",
  ],
  expected: "The bank refuses at the check of the VM.",
  guess: ["The bank accepts: it is the same vendor’s.", "The bank refuses."],
  lens: "console",
  markers: { 1: SERVER },
  leaves: "nothing",
  async run(context) {
    const { verdict } = await nextVersion(context, context.control);
    return {
      observed: `The bank says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("failed vm"),
      artifacts: [{ kind: "console", value: verdict }],
    };
  },
};

export const vouched: Step = {
  id: "vouched",
  title: "The same version with its vendor’s word",
  paper: "Terra §4.3",
  text: [
    "Now the vendor’s certificate comes along: this digest is the bank client, version 1.1.0. It travels beside the box’s own chain, and nothing was changed at the bank.",
  ],
  expected: "The bank accepts, and names product and version.",
  guess: ["The bank accepts.", "The bank refuses until its list is changed."],
  lens: "console",
  markers: { 1: SERVER },
  leaves: "nothing",
  async run(context) {
    const { verdict, log } = await nextVersion(context, !context.control);
    const named = /"Terra Lab bank client" 1\.1\.0/.test(log);
    return {
      observed: `The bank says: ${shortened(verdict)}${named ? ", Terra Lab bank client 1.1.0" : ""}.`,
      passed: verdict.startsWith("accepted") && named,
      artifacts: [{ kind: "console", value: verdict }],
    };
  },
};

export const notTheBank: Step = {
  id: "not-the-bank",
  title: "A server that is not the bank",
  paper: "Terra §2.2",
  text: [
    "The same the other way round. On the bank’s machine somebody runs a server that differs from the bank’s in one byte [1]. It has the right address, a real chip, a real TVMM.",
  ],
  expected: "Alice’s box refuses at the check of the VM, and says so on her screen. Nothing was typed yet.",
  guess: ["Alice signs in, and the server has her PIN.", "Alice’s box refuses before she types."],
  lens: "monitor",
  markers: { 1: SERVER, 2: CLIENT },
  leaves: "nothing",
  async run(context) {
    const vendors = await vouchedFor(context, "bank-server");
    const medium = "bank-server.firmware";
    const before = context.control ? await bank(context).disk(medium).copy() : await changeByte(bank(context), medium);
    await remade(context, SERVER, vendors);
    await bankListens(context);
    await restartClient(context);
    const verdict = await verdictOnScreen(context);
    context.later(async () => {
      await bank(context).disk(medium).restore(before);
      await remade(context, SERVER, vendors);
    });
    return {
      observed: `Alice’s screen says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("refused at vm"),
      artifacts: [{ kind: "screen", value: CLIENT }],
    };
  },
};

export const debugTvmm: Step = {
  id: "debug-tvmm",
  title: "A bank whose administrator looks in",
  paper: "Terra §2.2, §4.2",
  text: [
    "The administrator at the bank boots a TVMM that lets her into closed boxes [1]. The server’s image is the right one, byte for byte; what it runs on is not.",
  ],
  expected: "Alice’s box refuses at the check of the TVMM.",
  guess: ["Alice’s box accepts: the server’s image is right.", "Alice’s box refuses."],
  lens: "monitor",
  markers: { 1: "bank/tvmm", 2: CLIENT },
  leaves: "nothing",
  async run(context) {
    const restart = async (tvmm?: string) => {
      await bank(context).powerOff();
      await bank(context).powerOn(tvmm === undefined ? {} : { tvmm });
    };
    await restart(context.control ? undefined : "debug");
    await bankListens(context);
    await restartClient(context);
    const verdict = await verdictOnScreen(context);
    context.later(() => restart());
    return {
      observed: `Alice’s screen says: ${shortened(verdict)}.`,
      passed: verdict.startsWith("refused at tvmm"),
      artifacts: [{ kind: "screen", value: CLIENT }],
    };
  },
};
