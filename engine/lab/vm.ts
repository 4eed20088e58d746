/** One box, seen from outside: its status, identity, measurements, evidence and, where there is one, its console. */
import { TerraError } from "../protocol/errors.ts";
import type { Evidence, MeasurementNode, MeasurementOptions, VmStatus } from "../protocol/owner.ts";
import type { Vm, VmState } from "./api.ts";
import { asArgument, options, timeout } from "./arguments.ts";
import { createConsole } from "./console.ts";
import type { Machine } from "./machine.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

const STATES: readonly VmState[] = ["off", "on", "suspended", "halted"];

/** What the TVMM answers at most: levels, and children of the node asked for. */
const MAX_DEPTH = 32;
const MAX_COUNT = 65_536;

/** Left out, the depth is the whole tree's; more than there can be is as much as there is. */
function treeOptions(given: MeasurementOptions | undefined): MeasurementOptions {
  const { depth = MAX_DEPTH, count, ...rest } = options(given, "options");
  const atMost = (value: number, most: number) => (typeof value === "number" && value > most ? most : value);
  return {
    ...rest,
    depth: atMost(depth, MAX_DEPTH),
    ...(count === undefined ? {} : { count: atMost(count, MAX_COUNT) }),
  };
}

export function createVm(machine: Machine, name: string): Vm {
  const path = `${machine.id}/${name}`;

  function known(): VmStatus {
    for (const status of machine.statuses.values()) if (status.name === name) return status;
    const names = [...machine.statuses.values()].map((status) => `${machine.id}/${status.name}`);
    throw new TerraError(
      "unknown-vm",
      `there is no VM ${path}; there ${names.length > 0 ? `are ${names.join(", ")}` : "is none"}`,
    );
  }

  async function waitForState(state: VmState, wait?: number): Promise<void> {
    const timeoutMs = timeout(wait, DEFAULT_TIMEOUT_MS);
    if (!STATES.includes(state)) {
      throw new TerraError("bad-argument", `the state is ${String(state)}; it should be ${STATES.join(", ")}`);
    }
    if (known().state === state) return;
    await new Promise<void>((resolve, reject) => {
      const unsubscribe = machine.onOwnerEvent(() => {
        const status = [...machine.statuses.values()].find((each) => each.name === name);
        if (status?.state === state) finish(resolve);
      });
      const closed = () => finish(() => reject(machine.end.reason));
      machine.end.addEventListener("abort", closed);
      const finish = (act: () => void) => {
        clearTimeout(timer);
        unsubscribe();
        machine.end.removeEventListener("abort", closed);
        act();
      };
      const timer = setTimeout(() => {
        const now = [...machine.statuses.values()].find((each) => each.name === name)?.state ?? "gone";
        finish(() => reject(new TerraError("timeout", `${path} is ${now}, not ${state}, after ${timeoutMs} ms`)));
      }, timeoutMs);
    });
  }

  const console = createConsole({
    vm: () => known().id,
    state: () => known().state,
    read: async (vm) => (await machine.owner({ op: "console-read", vm })) as Uint8Array,
    write: async (vm, bytes) => {
      await machine.owner({ op: "console-write", vm, bytes });
    },
    onEvent: (listener) => machine.onOwnerEvent(listener),
  });

  return {
    path,
    get id() {
      return known().id;
    },
    async status() {
      const { kind, state, halt } = known();
      if (!halt) return { kind, state };
      const { reason, disk, block } = halt;
      return {
        kind,
        state,
        halt: { reason, ...(disk === undefined ? {} : { disk }), ...(block === undefined ? {} : { block }) },
      };
    },
    waitForState,
    identity: async () =>
      (await machine.owner({ op: "identity", vm: known().id })) as {
        primary: string;
        secondary: Record<string, string>;
      },
    measurements: async (given) =>
      (await asArgument(
        machine.owner({ op: "measurements", vm: known().id, options: treeOptions(given) }),
      )) as MeasurementNode,
    async evidence(nonce) {
      if (!(nonce instanceof Uint8Array) || nonce.length !== 32) {
        const is = nonce instanceof Uint8Array ? `${nonce.length} bytes` : typeof nonce;
        throw new TerraError("bad-argument", `the nonce is ${is}; it should be a Uint8Array of 32 bytes`);
      }
      return (await machine.owner({ op: "challenge", vm: known().id, nonce })) as Evidence;
    },
    console,
  };
}
