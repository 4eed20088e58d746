/**
 * The machine's monitor, keyboard and mouse (trusted path, paper 2.3): which box the person sees and types to. Input goes to that box
 * alone, and only the person's port can move it. A box's screen leaves the TVMM on this port and on no other.
 */
import { TerraError } from "../protocol/errors.ts";
import type { PersonEvent, PersonRequest, SurfaceSize } from "../protocol/person.ts";
import type { Sign } from "../protocol/sign.ts";
import type { VmRequest } from "../protocol/vm.ts";
import type { Machine, Vm } from "./machine.ts";
import type { SignKeeper } from "./sign.ts";
import { stripLine } from "./strip.ts";
import { screenText } from "./vm-event.ts";
import type { VmWorker } from "./vm-worker.ts";

/** A picture of 8192 x 8192 pixels compresses to less. */
export const MAX_PNG = 64 * 2 ** 20;

export interface Monitor {
  handle(request: PersonRequest): Promise<unknown>;
  /** A VM is being switched on: asks for a canvas if it has none. */
  starting(vm: Vm): void;
  /** `sign`: what the worker was told at its launch. */
  started(vm: Vm, worker: VmWorker, sign: Sign | undefined): void;
  destroyed(vm: Vm): void;
  /** The screen of a running box changed. */
  text(vm: Vm, text: { strip: string; screen: string }): void;
  /** States or VMs have changed: the focus may have to move. */
  refresh(): void;
  /** The person has another sign: every strip shows it. */
  signChanged(): void;
}

interface Surface {
  canvas: OffscreenCanvas | undefined;
  size: SurfaceSize;
  theme: "light" | "dark";
}

export function monitor(machine: Machine, emit: (event: PersonEvent) => void, sign: SignKeeper): Monitor {
  const surfaces = new Map<string, Surface>();
  /** What the person chose; until then, and when that box is gone, the TVMM chooses. */
  let chosen: string | undefined;
  let shown: Vm | undefined;
  /** The strip of that box as it was told last. */
  let said = "";

  const lineOf = (vm: Vm) => stripLine(vm, sign.current);

  function choice(): Vm | undefined {
    const vms = [...machine.vms.values()];
    const byPerson = chosen === undefined ? undefined : machine.vms.get(chosen);
    const stands = ({ kind, state }: Vm) => kind === "closed" && (state === "on" || state === "suspended");
    return byPerson ?? vms.find(stands) ?? vms[0];
  }

  function refresh(): void {
    const vm = choice();
    const strip = vm ? lineOf(vm) : "";
    if (vm === shown && strip === said) return;
    const moved = vm !== shown;
    said = strip;
    emit({ type: "focus", vm: vm?.id ?? null, strip });
    if (!moved) return;
    shown?.running?.worker.tell({ op: "focus", focused: false });
    shown = vm;
    vm?.running?.worker.tell({ op: "focus", focused: true });
    if (vm?.running)
      askText(vm.running.worker).then(
        ({ screen }) => emitText(vm, screen),
        () => {},
      );
  }

  /** The strip's words are the TVMM's own, never the worker's, which a guest may have broken. */
  function emitText(vm: Vm, screen: string): void {
    if (vm === shown && vm.running)
      emit({ type: "text", vm: vm.id, strip: lineOf(vm), screen, shape: vm.running.shape });
  }

  const askText = async (worker: VmWorker) => screenText(await worker.ask({ op: "text" }));

  function focused(): Vm {
    if (!shown) throw new TerraError("bad-state", "no box has the focus; there is none on this machine");
    return shown;
  }

  /** The box, if it has the focus: another one's screen is not to be had. */
  function withFocus(id: string): Vm {
    const vm = machine.vm(id);
    if (vm !== shown)
      throw new TerraError("bad-state", `${vm.name} does not have the focus; ${shown?.name ?? "no box"} has it`);
    return vm;
  }

  async function input(request: VmRequest): Promise<void> {
    const vm = focused();
    if (!vm.running || vm.state === "halted" || vm.state === "suspended")
      throw new TerraError(
        "bad-state",
        `${vm.name} has the focus and is ${vm.state}; nobody reads its keyboard and mouse`,
      );
    await vm.running.worker.ask(request);
  }

  function hand(worker: VmWorker, { canvas, size, theme }: Surface): void {
    if (canvas) worker.tell({ op: "surface", canvas, size, theme }, [canvas]);
  }

  return {
    async handle(request) {
      switch (request.op) {
        case "surface": {
          const vm = machine.vm(request.vm);
          const { canvas, size, theme } = request;
          const surface = { canvas, size, theme };
          if (vm.running) {
            hand(vm.running.worker, surface);
            surfaces.set(vm.id, { size, theme, canvas: undefined });
          } else surfaces.set(vm.id, surface);
          return undefined;
        }
        case "resize": {
          const vm = machine.vm(request.vm);
          const { size, theme } = request;
          surfaces.set(vm.id, { canvas: surfaces.get(vm.id)?.canvas, size, theme });
          vm.running?.worker.tell({ op: "resize", size, theme });
          return undefined;
        }
        case "focus":
          chosen = machine.vm(request.vm).id;
          refresh();
          return undefined;
        case "focused":
          return shown ? { vm: shown.id, strip: lineOf(shown) } : null;
        case "type":
          return input({ op: "type", text: request.text });
        case "scancodes":
          return input({ op: "scancodes", codes: request.codes });
        case "mouse":
          return input(request);
        case "sign":
          return sign.status();
        case "choose-sign":
          await sign.choose({ word: request.word, glyph: request.glyph });
          return undefined;
        case "text": {
          const vm = withFocus(request.vm);
          const screen = vm.running ? (await askText(vm.running.worker)).screen : "";
          return { strip: lineOf(vm), screen };
        }
        case "png": {
          const vm = withFocus(request.vm);
          if (!vm.running) throw new TerraError("bad-state", `${vm.name} is ${vm.state}; it has no picture`);
          const png = await vm.running.worker.ask({ op: "png" });
          if (!(png instanceof Uint8Array) || png.length > MAX_PNG) {
            throw new TerraError("internal", `the vm worker of ${vm.name} made no picture`);
          }
          return png.slice();
        }
      }
    },
    starting(vm) {
      if (!surfaces.get(vm.id)?.canvas) emit({ type: "surface-needed", vm: vm.id });
    },
    started(vm, worker, told) {
      if (sign.current !== told) worker.tell({ op: "sign", sign: sign.current ?? null });
      const surface = surfaces.get(vm.id);
      if (surface?.canvas) {
        hand(worker, surface);
        surfaces.set(vm.id, { ...surface, canvas: undefined });
      }
      worker.tell({ op: "focus", focused: vm === shown });
    },
    destroyed(vm) {
      surfaces.delete(vm.id);
      if (chosen === vm.id) chosen = undefined;
      refresh();
    },
    text: (vm, { screen }) => emitText(vm, screen),
    refresh,
    signChanged() {
      for (const { running } of machine.vms.values()) {
        running?.worker.tell({ op: "sign", sign: sign.current ?? null });
      }
      refresh();
    },
  };
}
