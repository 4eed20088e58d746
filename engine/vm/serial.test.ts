import { expect, test } from "vitest";
import { serialLine } from "./serial.ts";
import type { Emulator, Uart } from "./v86-internals.ts";

/** A line at a guest's mercy: `dtr` and `say` are what the guest does, `told` is what the TVMM hears, in order. */
function line(number: 1 | 2 | 3) {
  const listeners = new Map<string, (value: number) => void>();
  const emulator = {
    bus: { send: (name: string, byte: number) => name.endsWith("-input") && received.push(String.fromCharCode(byte)) },
    add_listener: (name: string, listener: (value: number) => void) => listeners.set(name, listener),
  } as unknown as Emulator;
  const told: (string | boolean)[] = [];
  const openings: number[] = [];
  const received: string[] = [];
  const made = serialLine(emulator, number, { input: [], modem_control: 0 } as unknown as Uart, {
    onOutput: (bytes) => told.push(new TextDecoder().decode(bytes)),
    onDtr(high, opening) {
      told.push(high);
      openings.push(opening);
    },
  });
  const bus = `serial${number - 1}`;
  return {
    ...made,
    told,
    /** Numbers of the openings that were told of. */
    openings,
    /** What the guest has been given. */
    received: () => received.join(""),
    dtr: (high: boolean) => listeners.get(`${bus}-data-terminal-ready-output`)?.(high ? 1 : 0),
    say(text: string) {
      for (const byte of new TextEncoder().encode(text)) listeners.get(`${bus}-output-byte`)?.(byte);
    },
  };
}

test("what is said is told between the opening and the closing in which it was said", () => {
  const { dtr, say, told } = line(2);
  dtr(true);
  say("first");
  dtr(false);
  dtr(true);
  say("second");
  dtr(false);
  expect(told).toEqual([true, "first", false, true, "second", false]);
});

test("a guest that opens and closes its device without end is told of now and then; the last opening counts, and what was said in it", () => {
  const { dtr, say, told, service } = line(3);
  let now = 0;
  for (let round = 0; round < 100_000; round++) {
    dtr(true);
    say("lost");
    dtr(false);
    if (round % 1000 === 0) service(false, now++);
  }
  expect(told.length).toBeLessThan(200);
  told.length = 0;
  service(false, now + 100);
  dtr(true);
  say("LIST 0\n");
  service(true, now + 200);
  expect(told.filter((each) => typeof each === "string")).toEqual(["LIST 0\n"]);
  expect(told.slice(-2)).toEqual([true, "LIST 0\n"]);
});

test("an opening that nobody was told of begins with being told, be it by much that is said in it", () => {
  const { dtr, say, told, service } = line(2);
  service(false, 1000);
  for (let round = 0; round < 10; round++) {
    dtr(true);
    dtr(false);
  }
  dtr(true);
  told.length = 0;
  say("x".repeat(10_000));
  expect(told).toEqual([true, "x".repeat(8192)]);
});

test("an opening that took the place of another one is told as a new one", () => {
  const { dtr, told, service } = line(2);
  dtr(true);
  service(false, 1000);
  for (let round = 0; round < 4; round++) {
    dtr(false);
    dtr(true);
  }
  expect(told.length).toBe(9);
  dtr(false);
  dtr(true);
  dtr(false);
  dtr(true);
  told.length = 0;
  service(true, 2000);
  expect(told).toEqual([false, true]);
});

test("an answer to one opening reaches no other, be it told of or not, and nobody while the device is closed", () => {
  const { dtr, write, service, openings, received } = line(3);
  const answer = (text: string, opening = -1) => write(new TextEncoder().encode(text), opening);
  dtr(true);
  const first = openings.at(-1) ?? 0;
  answer("one;", first);
  dtr(false);
  answer("closed;", first);
  dtr(true);
  answer("late;", first);
  answer("two;", openings.at(-1));
  expect(received()).toBe("one;two;");
  const last = openings.at(-1);
  for (let round = 0; round < 10; round++) {
    dtr(false);
    dtr(true);
  }
  // These were too many to be told of one by one.
  expect(openings.at(-1)).toBeLessThan((last ?? 0) + 10);
  answer("later;", last);
  answer("last told;", openings.at(-1));
  service(true, 1000);
  answer("three;", openings.at(-1));
  expect(received()).toBe("one;two;three;");
});

test("COM1 takes what comes, opened or not", () => {
  const { write, received } = line(1);
  write(new TextEncoder().encode("ls"));
  expect(received()).toBe("ls");
});

test("nobody looks at COM1's DTR, and it makes no messages", () => {
  const { dtr, say, told, service } = line(1);
  for (let round = 0; round < 1000; round++) {
    say(".");
    dtr(round % 2 === 0);
  }
  expect(told).toEqual([]);
  service(true, 1);
  expect(told).toEqual([".".repeat(1000)]);
});
