/**
 * The people of lab `banking`: the customer before alice's monitor, who reads and types, and whoever reads the log that the bank's
 * box was made to write. What the customer sees passes the person's port and no other; nothing of it is kept here.
 */
import type { Display, Platform } from "../../lab/index.ts";
import type { StepContext } from "../scenario.ts";

export const CLIENT = "alice/bank-client";
export const SERVER = "bank/bank-server";

/** What only customer and bank should know. */
export const NAME = "Ada Lovelace";
export const PIN = "27182818";
export const PAYEE = "Charles Babbage";
export const AMOUNT = "123.45";

const PATIENCE_MS = 90_000;
/** How often the customer looks at the screen, ms. */
const LOOK_MS = 40;

export const alice = (context: StepContext): Platform => context.lab.platform("alice");
export const bank = (context: StepContext): Platform => context.lab.platform("bank");

const keyboard = (context: StepContext): Display => alice(context).display;

/** The screen of the box that has alice's monitor, once it shows what is expected; rejects with its last lines if it never does. */
export async function shows(context: StepContext, path: string, pattern: RegExp): Promise<string> {
  const { id } = context.lab.vm(path);
  await keyboard(context).focus(id);
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { screen } = await keyboard(context).text(id);
    if (pattern.test(screen)) return screen;
    const { state } = await context.lab.vm(path).status();
    if (performance.now() > until || state === "halted") {
      throw new Error(`${path} is ${state} and shows, instead of ${pattern.source}: ${oneLine(screen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** A screen as one line of words. */
export const oneLine = (screen: string) => screen.replace(/\s+/g, " ").trim();

async function fillIn(context: StepContext, path: string, label: string, text: string, shown = text): Promise<void> {
  await shows(context, path, new RegExp(`${label} +_`));
  await keyboard(context).type(text);
  await shows(context, path, new RegExp(`${label} +${shown}_`));
  await keyboard(context).type("\n");
}

/** Waits until the bank was accepted, and gives name and PIN. */
export async function signIn(context: StepContext, path = CLIENT): Promise<void> {
  await fillIn(context, path, "Name", NAME);
  await fillIn(context, path, "PIN", PIN, "\\*".repeat(PIN.length));
  await shows(context, path, new RegExp(`Account of +${NAME}`));
}

const balanceOn = (screen: string): string => /balance: (\d+\.\d\d)/i.exec(screen)?.[1] ?? "";

export async function balance(context: StepContext, path = CLIENT): Promise<string> {
  await shows(context, path, /1 balance/);
  await keyboard(context).type("1");
  return balanceOn(await shows(context, path, /^ +Your balance: \d/m));
}

/** Transfers AMOUNT to PAYEE; the balance afterwards. */
export async function transfer(context: StepContext, path = CLIENT): Promise<string> {
  await shows(context, path, /1 balance/);
  await keyboard(context).type("2");
  await fillIn(context, path, "Transfer", AMOUNT);
  await fillIn(context, path, "to", PAYEE);
  return balanceOn(await shows(context, path, /Transferred\. Your balance: \d/));
}

export async function leave(context: StepContext, path = CLIENT): Promise<void> {
  await shows(context, path, /1 balance/);
  await keyboard(context).type("3");
  await shows(context, path, /Enter calls the bank/);
}

export const cents = (amount: string): number => Math.round(Number(amount) * 100);

/** Why the client's screen says that there is no connection, or that there is one. */
export async function verdictOnScreen(context: StepContext, path = CLIENT): Promise<string> {
  const screen = oneLine(await shows(context, path, /Name +_|Enter calls the bank/)).replace(/^.*?─+|─.*$/g, "");
  const found = /(?:refused at|the other end|no connection to|TLS fails|the connection fails)[^_]*/
    .exec(screen)?.[0]
    .trim();
  return found ?? "the bank is accepted";
}

/** What it says where nobody refused and nobody answered either. */
const NO_ANSWER = /^(?:no connection to|the connection fails|the other end closed|the other end does not answer)/;

/** What the client's screen says of the bank; where nobody answered, the customer presses Enter and calls once more. */
export async function callBank(context: StepContext, path = CLIENT): Promise<string> {
  const first = await verdictOnScreen(context, path);
  if (!NO_ANSWER.test(first)) return first;
  await keyboard(context).type("\n");
  await shows(context, path, /is called|Name +_/);
  return verdictOnScreen(context, path);
}

/** Waits until the bank's box takes calls, since it was started last. */
export async function bankListens(context: StepContext, path = SERVER): Promise<void> {
  await context.lab.vm(path).console.waitFor(/listens on port/, { from: 0, timeoutMs: PATIENCE_MS });
}

/** Off and on again: the client forgets what it showed, and calls. */
export async function restartClient(context: StepContext): Promise<void> {
  const { management } = alice(context);
  const { id } = context.lab.vm(CLIENT);
  await management.off(id);
  await management.on(id);
}

/** Length of the bank's log so far, to read from. */
export async function logMark(context: StepContext, path = SERVER): Promise<number> {
  return (await context.lab.vm(path).console.text()).length;
}

/** What the bank's box says about the next client from this address: the check that failed, or that it was accepted. */
export async function verdictInLog(context: StepContext, address: string, from: number): Promise<string> {
  const { console } = context.lab.vm(SERVER);
  const lines = `${address.replaceAll(".", "\\.")}:\\d+ (failed [^\\r\\n]*|accepted[^\\r\\n]*|the other end[^\\r\\n]*)\\r?\\n`;
  const line = await console.waitFor(new RegExp(lines), { from, timeoutMs: PATIENCE_MS });
  return (new RegExp(lines).exec(line)?.[1] ?? line).trim();
}
