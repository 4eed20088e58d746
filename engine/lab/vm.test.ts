/** Waiting for a box's state while its lab is closed; what its console says across a suspension. */
import { describe, expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { OwnerEvent, VmStatus } from "../protocol/owner.ts";
import type { VmState } from "./api.ts";
import { createConsole } from "./console.ts";
import type { Machine } from "./machine.ts";
import { createVm } from "./vm.ts";

const status = (state: VmState): VmStatus => ({
  id: "vm1",
  name: "pc",
  image: "pc",
  medium: "pc.firmware",
  kind: "open",
  product: "Terra Lab pc",
  version: "1.0.0",
  state,
  console: "open",
  checking: "optimistic",
  memoryMiB: 64,
  cpuShare: 1,
  suspend: true,
  management: false,
  devices: [],
});

/** A machine with one box, which says on its console what a test lets it say. */
function machineWithOneBox() {
  const listeners = new Set<(event: OwnerEvent) => void>();
  const ending = new AbortController();
  let now = status("on");
  let output = "";
  const written: string[] = [];
  const tell = (event: OwnerEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const machine: Pick<Machine, "id" | "statuses" | "end" | "onOwnerEvent"> = {
    id: "alice",
    get statuses() {
      return new Map([[now.id, now]]);
    },
    end: ending.signal,
    onOwnerEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    machine: machine as Machine,
    ending,
    written,
    enter(state: VmState) {
      now = status(state);
      tell({ type: "vm", vm: now.id, status: now });
    },
    say(text: string) {
      output += text;
      tell({ type: "console", vm: now.id, bytes: new TextEncoder().encode(text) });
    },
    line: {
      vm: () => now.id,
      state: () => now.state,
      read: async () => new TextEncoder().encode(output),
      write: async (_vm: string, bytes: Uint8Array) => {
        if (now.state !== "on") throw new TerraError("bad-state", `pc is ${now.state}`);
        written.push(new TextDecoder().decode(bytes));
      },
      onEvent: machine.onOwnerEvent,
    },
  };
}

/** Everything that was promised so far has been done. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("waitForState", () => {
  it("ends when the lab is closed, and not at its timeout", async () => {
    const { machine, ending } = machineWithOneBox();
    const waiting = createVm(machine, "pc").waitForState("halted", 1e9);
    ending.abort(new TerraError("bad-state", "the lab was closed"));
    await expect(waiting).rejects.toThrow("bad-state: the lab was closed");
  });

  it("hears of the state", async () => {
    const { machine, enter } = machineWithOneBox();
    const waiting = createVm(machine, "pc").waitForState("halted", 1e9);
    enter("suspended");
    enter("halted");
    await expect(waiting).resolves.toBeUndefined();
  });
});

describe("the console of a box that is suspended", () => {
  it("goes on with the command when the box does", async () => {
    const { line, enter, say, written } = machineWithOneBox();
    const console = createConsole(line);
    say("/tmp # ");
    const running = console.run("sleep 5", { timeoutMs: 1e9 });
    await settled();
    const mark = /^run (\w+) 'sleep 5'\n$/.exec(written.join(""))?.[1];
    say(`run ${mark} 'sleep 5'\r\n\x1b]133;C;aid=${mark}\x07`);
    enter("suspended");
    await settled();
    enter("on");
    say(`woken\r\n\x1b]133;D;0;aid=${mark}\x07/tmp # `);
    await expect(running).resolves.toEqual({ exitCode: 0, output: "woken\n" });
  });

  it("says at once that the shell is one of another kind", async () => {
    const { line, say, written } = machineWithOneBox();
    const console = createConsole(line);
    say("/ # ");
    const refused = expect(console.run("true", { timeoutMs: 1e9 })).rejects.toThrow(
      /^bad-state: .*does not know `run`/,
    );
    await settled();
    say(`${written.join("").trimEnd()}\r\nsh: run: not found\r\n/ # `);
    await refused;
  });

  it("says that time is up, not that nothing can be typed", async () => {
    const { line, enter, say } = machineWithOneBox();
    const console = createConsole(line);
    say("/tmp # ");
    const running = console.run("sleep 5", { timeoutMs: 50 });
    const refused = expect(running).rejects.toThrow(/^timeout: /);
    await settled();
    enter("suspended");
    await refused;
  });

  it("keeps what was said before, for who waits for it after", async () => {
    const { line, enter, say } = machineWithOneBox();
    const console = createConsole(line);
    say("before\r\n");
    enter("suspended");
    enter("on");
    say("after\r\n");
    await expect(console.waitFor("before", { timeoutMs: 50 })).resolves.toBe("before");
  });

  it("does not keep it across power-off", async () => {
    const { line, enter, say } = machineWithOneBox();
    const console = createConsole(line);
    say("before\r\n");
    enter("off");
    enter("on");
    say("after\r\n");
    await expect(console.waitFor("before", { timeoutMs: 50 })).rejects.toThrow(/^timeout: /);
  });

  it("ends a command when the box is switched off", async () => {
    const { line, enter, say } = machineWithOneBox();
    const console = createConsole(line);
    say("/tmp # ");
    const refused = expect(console.run("sleep 5", { timeoutMs: 1e9 })).rejects.toThrow(/^bad-state: the box is off/);
    await settled();
    enter("suspended");
    enter("off");
    await refused;
  });
});
