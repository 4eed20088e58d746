/** A person at the bank's client: what is typed and seen, and what the bank's log says of the first client. */
import type { ClientBox } from "./bank.ts";

export const NAME = "Ada Lovelace";
export const PIN = "27182818";
export const PAYEE = "Charles Babbage";
export const AMOUNT = "123.45";

/** Fills in one line of the dialogue, and presses Enter once it stands there. */
async function fillIn(person: ClientBox, label: string, text: string, shown = text): Promise<void> {
  await person.shows(new RegExp(`${label} +_`));
  person.type(text);
  await person.shows(new RegExp(`${label} +${shown}_`));
  person.type("\r");
}

export async function giveName(person: ClientBox, name: string, pin: string): Promise<void> {
  await fillIn(person, "Name", name);
  await fillIn(person, "PIN", pin, "\\*".repeat(pin.length));
}

export async function signIn(person: ClientBox, name = NAME, pin = PIN): Promise<void> {
  await giveName(person, name, pin);
  await person.shows(new RegExp(`Account of +${name}`));
}

export async function order(person: ClientBox, amount: string): Promise<void> {
  person.type("2");
  await fillIn(person, "Transfer", amount);
  await fillIn(person, "to", PAYEE);
}

export async function transfer(person: ClientBox): Promise<string> {
  await order(person, AMOUNT);
  return balanceOn(await person.shows(/Transferred\. Your balance: \d/));
}

export async function balance(person: ClientBox): Promise<string> {
  person.type("1");
  return balanceOn(await person.shows(/^ +Your balance: \d/m));
}

export const balanceOn = (screen: string): string => /Your balance: (\d+\.\d\d)/.exec(screen)?.[1] ?? "none";
export const cents = (amount: string): number => Math.round(Number(amount) * 100);

/** The lines of the bank's log about its first client, without its address. */
export const clientLines = (log: string): string[] =>
  log
    .split("\n")
    .filter((line) => /^127\.0\.0\.1:\d+ /.test(line))
    .map((line) => line.slice(line.indexOf(" ") + 1));
