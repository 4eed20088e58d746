/** The owner's end of COM1, where a box's maker left a console open. */
import { TerraError } from "../protocol/errors.ts";
import type { Machine, Vm } from "./machine.ts";

/** The box, if its console may be used so and is attached; "no-console" says which of both is not. */
function withConsole(machine: Machine, vm: Vm, use: "read" | "write"): Vm {
  if (vm.console === "none") throw new TerraError("no-console", `the maker of ${vm.name} left no console open`);
  const attached = machine.devicesOf(vm).some(({ config }) => config.type === "serial" && config.purpose === "console");
  if (!attached) throw new TerraError("no-console", `${vm.name} has no console attached`);
  if (use === "write" && vm.console !== "open") {
    throw new TerraError("no-console", `the console of ${vm.name} is for reading only; its maker left it so`);
  }
  return vm;
}

/** All output since power-on, as far as it is kept. */
export function readConsole(machine: Machine, vm: Vm): Uint8Array {
  return withConsole(machine, vm, "read").output.read();
}

export async function writeConsole(machine: Machine, vm: Vm, bytes: Uint8Array): Promise<void> {
  const { running, state, name } = withConsole(machine, vm, "write");
  if (!running || state === "halted" || state === "suspended") {
    throw new TerraError("bad-state", `${name} is ${state}; nobody reads its console`);
  }
  await running.worker.ask({ op: "serial", line: 1, bytes });
}
