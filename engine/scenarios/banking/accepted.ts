/** Steps of the undisturbed run: a customer, a bank, and what a listener on the wire gets of it (paper 2.2). */
import { wordsIn } from "../bytes.ts";
import type { Step } from "../scenario.ts";
import { newest } from "../verdicts.ts";
import {
  AMOUNT,
  balance,
  bank,
  bankListens,
  CLIENT,
  callBank,
  cents,
  NAME,
  PAYEE,
  PIN,
  restartClient,
  SERVER,
  signIn,
  transfer,
} from "./people.ts";

export const accepted: Step = {
  id: "accepted",
  title: "A transfer between two closed boxes",
  paper: "Terra §2.2",
  text: [
    "Alice banks from a closed box [1]; the bank’s server is one as well [2]. They speak TLS, and each shows, instead of a name that somebody vouches for, what software it is: five certificates from the box down to the chip.",
    "Each end checks the other’s whole chain in its own box, against roots and products on an attested disk that both must have. Then Alice signs in, asks for her balance, and transfers money. Her screen is hers alone.",
  ],
  expected: "Each accepts the other after nine checks. The balance on Alice’s screen falls by what she transferred.",
  guess: ["Each accepts the other, and the money moves.", "The bank refuses: it has never seen this machine."],
  lens: "monitor",
  markers: { 1: CLIENT, 2: SERVER },
  async run(context) {
    await Promise.all([CLIENT, SERVER].map((path) => context.lab.vm(path).waitForState("on", 120_000)));
    const server = context.lab.vm(SERVER).id;
    if (context.control) {
      await bank(context).management.off(server);
      await restartClient(context);
    } else await bankListens(context);
    const verdict = await callBank(context);
    if (context.control) {
      await bank(context).management.on(server);
      await bankListens(context);
      await callBank(context);
    }
    if (verdict !== "the bank is accepted") {
      return { observed: `Alice’s screen says: ${verdict}.`, passed: false, artifacts: await newest(context, "power") };
    }
    await signIn(context);
    const before = await balance(context);
    const after = await transfer(context);
    context.notes.set("balances", [before, after]);
    const log = await context.lab.vm(SERVER).console.text();
    const passed = new Set(log.match(/passed \w+/g) ?? []).size;
    const fell = cents(before) - cents(after) === cents(AMOUNT);
    return {
      observed: `The bank’s log: ${passed} of 9 checks passed, then “${/asks for a transfer[^\n\r]*/.exec(log)?.[0] ?? "no transfer"}”. On Alice’s screen the balance ${fell ? "fell by exactly what she transferred" : "did not fall by what she transferred"}.`,
      passed: passed === 9 && fell,
      artifacts: [{ kind: "screen", value: CLIENT }, ...(await newest(context, "tls"))],
    };
  },
};

export const listener: Step = {
  id: "listener",
  title: "What a listener on the wire has",
  paper: "Terra §2.2",
  text: [
    "Everything that went over the wire is on record [1]. In this profile (TLS 1.2) a listener reads both ends’ certificates: who they are is no secret. What they say is one.",
  ],
  expected: "Product names stand in the frames. Name, PIN, payee, amount and both balances do not.",
  guess: ["Everything that was said.", "Which software talks, and nothing of what it says.", "Nothing at all."],
  lens: "messages",
  markers: { 1: "internet" },
  leaves: "nothing",
  async run(context) {
    const frames = await context.lab.wire("internet").frames({ limit: 65_536 });
    const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.bytes.length, 0));
    let at = 0;
    for (const frame of frames) {
      bytes.set(frame.bytes, at);
      at += frame.bytes.length;
    }
    const balances = (context.notes.get("balances") as string[] | undefined) ?? [];
    const secrets = context.control ? ["Terra Lab bank client"] : [NAME, PIN, PAYEE, AMOUNT, ...balances];
    const found = wordsIn(bytes, secrets).length;
    const products = wordsIn(bytes, ["Terra Lab bank client", "Terra Lab bank server"]).length;
    const messages = (await context.lab.messages({ kind: "tls" })).length;
    return {
      observed: `${frames.length} frames, ${bytes.length} bytes, ${messages} TLS messages: ${products} of 2 product names found, ${found} of ${secrets.length} secrets.`,
      passed: products === 2 && found === 0 && secrets.length === 6 && messages > 0,
      artifacts: [
        { kind: "frame", value: `internet ${frames.at(-1)?.sequence ?? 0}` },
        ...(await newest(context, "tls")),
      ],
    };
  },
};
