/** For a file of tests of the bank: a machine, the site's trust, and boxes that end with their test. */
import { afterEach, beforeAll } from "vitest";
import { makeMachine, type TestMachine } from "../../../engine/attestation/testing/machine.ts";
import {
  BANK,
  type BankBox,
  CLIENT,
  type ClientBox,
  type Identity,
  type Mallory,
  siteTrust,
  startBank,
  startClient,
  startMallory,
  type Tap,
  tap,
} from "./bank.ts";
import { type Cases, programCases } from "./cases.ts";
import type { Program } from "./programs.ts";
import { BUILD_TIMEOUT } from "./programs.ts";

interface Running {
  stop(): Promise<void>;
}

export interface BankCases {
  cases: Cases;
  /** The machine that all boxes run on, what the site's keeper wrote, and the running test's folder. */
  world(): { machine: TestMachine; trust: string; folder: string };
  /** Stops it after the test. */
  keep<T extends Running>(running: T): T;
}

/** The machine and its trust, made once before the tests. */
export function bankCases(...programs: Program[]): BankCases {
  const cases = programCases(...programs);
  const running: Running[] = [];
  let machine: TestMachine;
  let trust: string;
  beforeAll(async () => {
    machine = await makeMachine();
    trust = await siteTrust(machine);
  }, BUILD_TIMEOUT);
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
  });
  return {
    cases,
    world: () => ({ machine, trust, folder: cases.folder }),
    keep: (each) => {
      running.push(each);
      return each;
    },
  };
}

/** How a box differs from the bank's or the client's of an ordinary day. */
export interface Choice {
  identity?: Partial<Identity>;
  trust?: string;
  machine?: TestMachine;
  tls?: string;
  config?: string;
  unbound?: boolean;
}

/** The same with the bank's two programs, the unbound variants and the attacker's tool. */
export function bankBoxes() {
  const { cases, world, keep } = bankCases(
    "bank-client",
    "bank-server",
    "bank-client-unbound",
    "bank-server-unbound",
    "mallory",
  );

  async function bank(port: number, choice: Choice = {}): Promise<BankBox> {
    const program = cases.path(choice.unbound ? "bank-server-unbound" : "bank-server");
    const identity = { ...BANK, ...choice.identity };
    const box = await startBank({ ...world(), program, port, tls: "both", ...choice, identity });
    keep(box);
    await box.says(`listens on port ${port + (choice.unbound ? 1 : 0)}`);
    return box;
  }

  async function client(port: number, choice: Choice = {}): Promise<ClientBox> {
    const program = cases.path(choice.unbound ? "bank-client-unbound" : "bank-client");
    const identity = { ...CLIENT, ...choice.identity };
    const box = await startClient({ ...world(), program, port, ...choice, identity });
    keep(box);
    return box;
  }

  async function tapped(port: number): Promise<Tap> {
    const wire = await tap(port);
    keep({ stop: async () => wire.close() });
    return wire;
  }

  async function mallory(...args: string[]): Promise<Mallory> {
    const attacker = await startMallory(cases.path("mallory"), args);
    keep(attacker);
    return attacker;
  }

  return { world, keep, bank, client, tapped, mallory };
}
