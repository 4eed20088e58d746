/**
 * Steps with a man in the middle (paper 2.2): he lets the attestation finish and takes the connection over. He wins where the
 * connection's keys are not those that were attested, and nowhere else.
 */
import type { Step, StepContext } from "../scenario.ts";
import { shortened } from "../verdicts.ts";
import { addBox, configure, dropBox } from "./boxes.ts";
import {
  AMOUNT,
  alice,
  balance,
  bank,
  bankListens,
  CLIENT,
  callBank,
  cents,
  leave,
  NAME,
  PAYEE,
  PIN,
  signIn,
  transfer,
  verdictOnScreen,
} from "./people.ts";

const MALLORY = "alice/mallory";
const UNBOUND_CLIENT = "alice/bank-client-unbound";
const UNBOUND_SERVER = "bank/bank-server-unbound";
const HERE = "10.0.0.66";

async function cardOf(context: StepContext, path: string): Promise<string> {
  const { id } = context.lab.vm(path);
  const found = (await alice(context).management.devices()).find(
    ({ type, attachedTo }) => type === "nic" && attachedTo === id,
  );
  if (!found) throw new Error(`${path} has no network card`);
  return found.id;
}

/** Mallory's PC on alice's machine, on the wire; what it runs writes to /tmp/heard, and waits for somebody to call. */
async function startMallory(context: StepContext, command: string): Promise<{ box: string; card: string }> {
  const box = await addBox(context, alice(context), { name: "mallory", image: "mallory" });
  const { console } = context.lab.vm(MALLORY);
  const run = await console.run(
    `ip addr add ${HERE}/24 dev eth0; ip link set eth0 up; (${command}) > /tmp/heard 2>&1 & while ! grep -q waiting /tmp/heard; do sleep 0.1; done`,
    { timeoutMs: 60_000 },
  );
  if (run.exitCode !== 0) throw new Error(`mallory: ${run.output}`);
  return { box, card: await cardOf(context, MALLORY) };
}

/** The box's card is connected with `to` in place of `from`. */
async function replug(context: StepContext, path: string, from: string, to: string): Promise<void> {
  const { management } = alice(context);
  const card = await cardOf(context, path);
  await management.disconnect(card, from);
  await management.connect(card, to);
}

const heard = async (context: StepContext) => (await context.lab.vm(MALLORY).console.run("cat /tmp/heard")).output;

export const relayUnbound: Step = {
  id: "relay-unbound",
  title: "The wrong way: attested, but not bound",
  paper: "Terra §2.2",
  text: [
    "Two boxes of another make do everything that was asked for: they exchange evidence, check all nine points, and then speak TLS [1]. Only the keys of that TLS are not the ones that were attested.",
    "Mallory sits on the way [2]. He passes the attestation on, untouched. Then he ends the client’s TLS himself and begins another with the bank.",
  ],
  expected:
    "Both ends accept each other. Mallory reads name, PIN and balance, and has the money sent to himself. Nothing looks wrong to anybody.",
  guess: ["The attestation fails.", "Mallory passes it all on and reads nothing.", "Mallory reads everything."],
  lens: "console",
  markers: { 1: UNBOUND_CLIENT, 2: MALLORY },
  leaves: "nothing",
  async run(context) {
    const bankOpens = async () => {
      const box = await addBox(context, bank(context), {
        name: "bank-server-unbound",
        image: "bank-server-unbound",
        config: { address: "10.0.0.21/24" },
        role: "internet",
        vouched: true,
      });
      await bankListens(context, UNBOUND_SERVER);
      return box;
    };
    const takeOver = context.control ? "--forward 4433" : `--unwrap 4433 --rewrite '${PAYEE}=Mallory'`;
    const [server, mallory] = await Promise.all([
      bankOpens(),
      startMallory(context, `mallory --to 10.0.0.21 --forward 4434 ${takeOver}`),
    ]);
    const client = await addBox(context, alice(context), {
      name: "bank-client-unbound",
      image: "bank-client-unbound",
      config: { address: "10.0.0.22/24", peer: HERE },
      role: "internet",
      to: mallory.card,
      vouched: true,
    });
    await callBank(context, UNBOUND_CLIENT);
    await signIn(context, UNBOUND_CLIENT);
    const before = await balance(context, UNBOUND_CLIENT);
    const after = await transfer(context, UNBOUND_CLIENT);
    const words = await heard(context);
    const read = [NAME, PIN, before, after].filter((secret) => words.includes(secret)).length;
    const changed = words.includes(`changed: TRANSFER ${AMOUNT} Mallory`);
    const log = await context.lab.vm(UNBOUND_SERVER).console.text();
    const done = /asks for a transfer: done/.test(log);
    const unnoticed = /accepted/.test(log) && done && cents(before) - cents(after) === cents(AMOUNT);
    context.later(async () => {
      await dropBox(alice(context), client);
      await dropBox(alice(context), mallory.box);
      await dropBox(bank(context), server);
    });
    return {
      observed: `Mallory read ${read} of 4 secrets${changed ? " and changed the payee" : " and changed nothing"}. The bank ${unnoticed ? "accepted the client and carried the order out" : "did not carry the order out"}.`,
      passed: read === 4 && changed && unnoticed,
      artifacts: [{ kind: "console", value: MALLORY }],
    };
  },
};

/** The real client, sent to mallory by the words on its config disk, and what its screen then says. */
async function throughMallory(context: StepContext, command: string): Promise<{ verdict: string; words: string }> {
  const { management } = alice(context);
  const client = context.lab.vm(CLIENT).id;
  const calls = (peer: string) => configure(alice(context), "bank-client", { address: "10.0.0.2/24", peer });
  const off = async () => {
    if ((await context.lab.vm(CLIENT).status()).state !== "off") await management.off(client);
  };
  const [mallory] = await Promise.all([
    startMallory(context, `mallory --to 10.0.0.1 ${command}`),
    off().then(() => calls(HERE)),
    bankListens(context),
  ]);
  await replug(context, CLIENT, "eth0", mallory.card);
  await management.on(client);
  const verdict = await verdictOnScreen(context);
  if (verdict === "the bank is accepted") {
    await signIn(context);
    context.notes.set("through mallory", await balance(context));
    await leave(context);
  }
  const words = await heard(context);
  context.later(async () => {
    await off();
    await replug(context, CLIENT, mallory.card, "eth0");
    await dropBox(alice(context), mallory.box);
    await calls("10.0.0.1");
    await management.on(client);
  });
  return { verdict, words };
}

interface Middle {
  id: string;
  title: string;
  text: string[];
  expected: string;
  guess: string[];
  /** What mallory does with the connection. */
  command: string;
  /** The check at which the client then refuses. */
  check: string;
}

function middleStep({ id, title, text, expected, guess, command, check }: Middle): Step {
  return {
    id,
    title,
    paper: "Terra §2.2",
    text,
    expected,
    guess,
    lens: "monitor",
    markers: { 1: MALLORY, 2: CLIENT },
    leaves: "nothing",
    async run(context) {
      const { verdict, words } = await throughMallory(context, context.control ? "--forward 4433" : command);
      const secrets = [NAME, PIN].filter((secret) => words.includes(secret)).length;
      return {
        observed: `Alice’s screen says: ${shortened(verdict)}. Mallory read ${secrets} of 2 secrets.`,
        passed: verdict.startsWith(`refused at ${check}`) && secrets === 0,
        artifacts: [
          { kind: "screen", value: CLIENT },
          { kind: "console", value: MALLORY },
        ],
      };
    },
  };
}

export const relay = middleStep({
  id: "relay",
  title: "The same man, the real boxes",
  text: [
    "Mallory does the same to the lab’s own client [1]. But here the key of the connection is the key that the TVMM endorsed: the attestation is the connection’s own handshake.",
    "To take it over he would need a certificate that ends in a chip. He has one that he made himself.",
  ],
  expected: "The client refuses at the check of the chain. Mallory reads nothing.",
  guess: ["Mallory reads everything again.", "Alice’s box refuses."],
  command: "--unwrap 4433",
  check: "chain",
});

export const impersonate = middleStep({
  id: "impersonate",
  title: "Somebody else’s certificate",
  text: [
    "The bank’s certificates are no secret: it shows them to everybody who calls. Mallory calls, keeps them, and shows them to Alice’s box as his own [1].",
    "All nine checks of the chain would pass. But TLS makes him sign with the key that belongs to it, and that key never left the bank’s box.",
  ],
  expected: "The client refuses at the first check: the handshake is not signed with the certificate’s key.",
  guess: ["Alice’s box accepts: the chain is genuine.", "Alice’s box refuses."],
  command: "--impersonate 4433",
  check: "freshness",
});
