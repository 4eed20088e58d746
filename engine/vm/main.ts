/**
 * The vm worker: one emulated PC, started by the TVMM as measured code in a worker of opaque origin. All it can do goes
 * through the ports it was given: its TVMM's, and one for each medium. It decides nothing: what a box may have was decided
 * by who gave it.
 */
import { type Server, serve, Transferred } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { ScreenShape } from "../protocol/person.ts";
import {
  FIRST_SHAPE,
  parseVmRequest,
  type StripText,
  stripText,
  type VmDisk,
  type VmEvent,
  type VmInit,
  type VmRequest,
} from "../protocol/vm.ts";
import { blockHash } from "./block-hash.ts";
import { blockReports } from "./block-reports.ts";
import { type BlockSource, type BlocksSeen, checkedSource, pinnedSource, rawSource } from "./block-source.ts";
import { composeBoot } from "./compose-boot.ts";
import { inspection } from "./inspection.ts";
import { keyboard } from "./keyboard.ts";
import { createMachine } from "./machine.ts";
import { mediumAt } from "./medium.ts";
import { mouse } from "./mouse.ts";
import { PANIC, panicWatch } from "./panic-watch.ts";
import { type Screen, watchScreen } from "./screen.ts";
import { type Surface, surface } from "./surface.ts";
import { enterTextMode } from "./vga-text-mode.ts";
import { FIRST_CARD_SLOT, LAST_CARD_SLOT, MAX_DISKS } from "./virtio.ts";
import { plugInDisk } from "./virtio-blk.ts";
import { type NetworkCard, plugInCard } from "./virtio-net.ts";

/** The screen's text and shape are told this often at most. */
const TEXT_MS = 250;

const whole = (bytes: Uint8Array<ArrayBuffer>) => new Transferred(bytes, [bytes.buffer]);

async function sourceOf(disk: VmDisk, onBlocks: BlocksSeen): Promise<BlockSource> {
  const { source, size, readOnly } = disk;
  if (source.type === "pinned") return pinnedSource(source.bytes, size);
  const medium = mediumAt(source.port, source.medium);
  if (!source.check) return rawSource(medium, source.medium, size, readOnly);
  const digestsOf = await blockHash(source.check.salt);
  return checkedSource(medium, source.medium, size, { digestsOf, leaves: source.check.leaves }, onBlocks);
}

export async function start(init: VmInit): Promise<void> {
  const { disks, serials } = init;
  let strip: StripText = init.strip;
  if (disks.length > MAX_DISKS) {
    throw new TerraError("bad-argument", `there are ${disks.length} disks; this board has slots for ${MAX_DISKS}`);
  }
  const slots = new Set(
    init.nics.map(({ pci }) => pci).filter((pci) => pci >= FIRST_CARD_SLOT && pci <= LAST_CARD_SLOT),
  );
  if (slots.size !== init.nics.length) {
    const given = init.nics.map(({ pci }) => pci).join(", ");
    throw new TerraError(
      "bad-argument",
      `network cards have the PCI numbers ${given}; each needs one of its own from ${FIRST_CARD_SLOT} to ${LAST_CARD_SLOT}`,
    );
  }
  let server: Server<VmEvent> | undefined;
  const emit = (event: VmEvent, transfer: Transferable[] = []) => server?.emit(event, transfer);
  const reports = blockReports((device, verified, failed) => emit({ type: "blocks", device, verified, failed }));
  const panic = panicWatch();
  let screen: Screen | undefined;
  let shown: Surface | undefined;
  let focused = false;
  let haltReason: string | undefined;
  let textChanged = false;
  let textTold = 0;

  const tellText = (now: number) => {
    if (!focused || !textChanged || !screen || now - textTold < TEXT_MS) return;
    textTold = now;
    textChanged = false;
    emit({ type: "text", strip: stripText(strip, haltReason), screen: screen.text() });
  };

  let shape = FIRST_SHAPE;
  let shapeTold = 0;
  const tellShape = (now: number) => {
    if (!screen || now - shapeTold < TEXT_MS) return;
    const next: ScreenShape = screen.graphical
      ? { kind: "picture", width: screen.width, height: screen.height }
      : { kind: "text", width: screen.columns, height: screen.rows };
    if (next.kind === shape.kind && next.width === shape.width && next.height === shape.height) return;
    shape = next;
    shapeTold = now;
    textChanged = true;
    emit({ type: "shape", shape });
  };

  const cards: NetworkCard[] = [];
  const sources = await Promise.all(disks.map((disk) => sourceOf(disk, reports.of(disk.device))));
  const machine = await createMachine(
    {
      memoryMiB: init.memoryMiB,
      commandLine: init.commandLine,
      boot: composeBoot(init.stub, init.kernel),
      wasm: init.wasm,
      serials,
      plugIn(board) {
        sources.forEach((source, number) => {
          const disk = disks[number];
          if (!disk) return;
          plugInDisk(board, number, {
            serial: disk.serial,
            readOnly: disk.readOnly,
            source,
            onIntegrity({ block, expected, found }) {
              machine.halt({ reason: "integrity", disk: disk.device, block, expected, found });
            },
          });
        });
        for (const nic of init.nics) cards.push(plugInCard(board, nic));
      },
    },
    {
      serial(line, bytes) {
        panic.hear(line, bytes);
        emit({ type: "serial", line, bytes }, [bytes.buffer]);
      },
      dtr: (line, high, opening) => emit({ type: "dtr", line, high, opening }),
      panicked: () => panic.heard || (screen?.text().includes(PANIC) ?? false),
      halt(halt) {
        haltReason = halt.reason;
        reports.flush();
        for (const card of cards) card.unplug();
        emit({ type: "halt", halt });
        shown?.halted(halt.reason);
        textChanged = true;
        textTold = 0;
        tellText(performance.now());
      },
      slice(now) {
        for (const card of cards) card.service();
        reports.service(now);
        keys.service();
        pointer.service();
        tellShape(now);
        tellText(now);
      },
    },
  );
  machine.share(init.cpuShare);
  const keys = keyboard(machine.emulator);
  const pointer = mouse(machine.emulator);
  const inspect = inspection(init, machine.emulator);

  if (init.display) {
    screen = watchScreen(machine.emulator, () => {
      textChanged = true;
      shown?.changed();
    });
    shown = surface(strip, screen);
  }
  enterTextMode(machine.emulator.v86.cpu);

  const display = (): { screen: Screen; surface: Surface } => {
    if (!screen || !shown) throw new TerraError("bad-state", `${strip.name} was made without a display`);
    return { screen, surface: shown };
  };

  const handle = (request: VmRequest): unknown => {
    switch (request.op) {
      case "run":
        return machine.run();
      case "serial":
        machine.serial(request.line).write(request.bytes, request.line === 1 ? undefined : request.opening);
        return undefined;
      case "type":
        keys.type(request.text);
        return undefined;
      case "scancodes":
        keys.scancodes(request.codes);
        return undefined;
      case "mouse":
        pointer.report(request);
        return undefined;
      case "sign": {
        const { sign: _, ...rest } = strip;
        strip = request.sign ? { ...rest, sign: request.sign } : rest;
        shown?.restrip(strip);
        return undefined;
      }
      case "surface":
        display().surface.attach(request.canvas, request.size, request.theme);
        return undefined;
      case "resize":
        display().surface.resize(request.size, request.theme);
        return undefined;
      case "focus":
        focused = request.focused;
        display().surface.focus(focused);
        textChanged ||= focused;
        tellText(performance.now());
        return undefined;
      case "text":
        return { strip: stripText(strip, haltReason), screen: display().screen.text() };
      case "png":
        return display().surface.png().then(whole);
      case "suspend":
        machine.suspend();
        for (const card of cards) card.hold(true);
        reports.flush();
        return undefined;
      case "resume":
        machine.resume();
        for (const card of cards) card.hold(false);
        return undefined;
      case "share":
        machine.share(request.share);
        return undefined;
      case "read-memory":
        return whole(inspect.read(request.address, request.length));
      case "write-memory":
        inspect.write(request.address, request.bytes);
        return undefined;
      case "snapshot":
        return whole(inspect.snapshot());
      case "screenshot":
        inspect.allowed("its screen is not shown");
        return display().surface.screenshot().then(whole);
      case "send-keys":
        inspect.allowed("nobody types for it but the person");
        keys.type(request.text);
        return undefined;
      case "figures":
        return { instructions: machine.instructions(), memoryBytes: machine.memoryBytes() };
    }
  };
  server = serve<VmRequest, VmEvent>(init.port, parseVmRequest, handle);
}
