/**
 * What the page knows: the lab's events, folded into one value. Pure: an event and the facts so far make the new facts. It
 * never asks the lab for anything and never judges; what is not in an event is not known here.
 */
import type { Appraisal, Evidence, Message } from "../../engine/lab/api.ts";
import type {
  DeviceStatus,
  Limits,
  ManagementStatus,
  MeasuredStage,
  ScreenShape,
  VmStatus,
} from "../../engine/lab/protocol.ts";
import type { LabEvent, PlatformInfo, PowerState, WireInfo } from "../../engine/lab/view.ts";
import { type WireFacts, wireChange } from "./wires.ts";

export interface BoxFacts {
  /** The TVMM's id, unique on the machine: "vm1". */
  id: string;
  platform: string;
  /** "alice/hello", by which everything on the page names the box. */
  path: string;
  status: VmStatus;
  /** ON under way: bytes of the image read and checked. */
  starting: { phase: string; loaded: number; total: number } | null;
  /** Counts the box's starts: a block map or a console of an earlier start is another one. */
  starts: number;
}

export interface MachineFacts {
  info: PlatformInfo;
  power: PowerState;
  /** Which TVMM build: "release", "debug". */
  tvmm: string;
  error: string | null;
  /** Measured so far, in order, each before it was started. */
  measured: { name: MeasuredStage["name"]; digest: string; size: number }[];
  /** The boot log with certificates, once the TVMM was endorsed. */
  stages: MeasuredStage[];
  boxes: BoxFacts[];
  /** In the order of their making; physical network cards first. */
  devices: DeviceStatus[];
  /** What the management box has set; null until it is told. */
  limits: Limits | null;
  management: ManagementStatus | null;
  focus: { box: string | null; strip: string };
  /** The focused box's screen as text. */
  screen: { box: string; text: string; shape: ScreenShape } | null;
  /** Counts power-ons; canvases of an earlier one are of no use. */
  powerOns: number;
}

export interface AppraisalFacts {
  subject: string | null;
  evidence: Evidence;
  nonce: Uint8Array;
  result: Appraisal;
  durationMs: number;
  /** Counts appraisals, so that two equal verdicts are still two. */
  count: number;
}

export interface Facts {
  lab: { id: string; title: string } | null;
  /** Bytes fetched of bytes to fetch, by file. */
  progress: Record<string, { loaded: number; total: number }>;
  machines: MachineFacts[];
  wires: WireFacts[];
  /** A ring: the oldest give way. */
  messages: Message[];
  /** Messages that gave way. */
  forgotten: number;
  appraisal: AppraisalFacts | null;
}

/** How many messages the page keeps; the scripting API's own ring is longer. */
export const MESSAGES_KEPT = 10_000;

export const noFacts: Facts = {
  lab: null,
  progress: {},
  machines: [],
  wires: [],
  messages: [],
  forgotten: 0,
  appraisal: null,
};

/** What a machine without power has of all that its TVMM tells. */
const NOTHING_RUNS: Pick<MachineFacts, "boxes" | "devices" | "limits" | "management" | "focus" | "screen"> = {
  boxes: [],
  devices: [],
  limits: null,
  management: null,
  focus: { box: null, strip: "" },
  screen: null,
};

const freshWire = ({ id, ends }: WireInfo): WireFacts => ({
  id,
  ends,
  interceptors: 0,
  frames: 0,
  held: 0,
  last: null,
});

function freshMachine(info: PlatformInfo): MachineFacts {
  return {
    info,
    power: "off",
    tvmm: "release",
    error: null,
    measured: [],
    stages: [],
    ...NOTHING_RUNS,
    powerOns: 0,
  };
}

function onMachine(facts: Facts, platform: string, change: (machine: MachineFacts) => MachineFacts): Facts {
  return {
    ...facts,
    machines: facts.machines.map((machine) => (machine.info.id === platform ? change(machine) : machine)),
  };
}

function power(machine: MachineFacts, event: LabEvent & { type: "power" }): MachineFacts {
  const anew = event.state === "starting" || event.state === "off";
  const next: MachineFacts = {
    ...machine,
    power: event.state,
    tvmm: event.tvmm,
    error: event.error ?? null,
    stages: event.stages ?? (anew ? [] : machine.stages),
  };
  if (!anew) return next;
  return {
    ...next,
    measured: [],
    ...NOTHING_RUNS,
    powerOns: machine.powerOns + (event.state === "starting" ? 1 : 0),
  };
}

function boxChange(machine: MachineFacts, event: LabEvent & { type: "vm" }): MachineFacts {
  const { status } = event;
  if (!status) return { ...machine, boxes: machine.boxes.filter((box) => box.id !== event.vm) };
  const before = machine.boxes.find((box) => box.id === event.vm);
  const started = status.state === "on" && before?.status.state !== "on";
  const box: BoxFacts = {
    id: event.vm,
    platform: machine.info.id,
    path: `${machine.info.id}/${status.name}`,
    status,
    starting: null,
    starts: (before?.starts ?? 0) + (started ? 1 : 0),
  };
  const boxes = before ? machine.boxes.map((other) => (other.id === event.vm ? box : other)) : [...machine.boxes, box];
  return { ...machine, boxes };
}

function deviceChange(machine: MachineFacts, event: LabEvent & { type: "device" }): MachineFacts {
  const { device, status } = event;
  const known = machine.devices.some(({ id }) => id === device);
  if (!status) return { ...machine, devices: machine.devices.filter(({ id }) => id !== device) };
  if (!known) return { ...machine, devices: [...machine.devices, status] };
  return { ...machine, devices: machine.devices.map((other) => (other.id === device ? status : other)) };
}

/** The box that evidence is about, by its identity. */
function subjectOf(facts: Facts, result: Appraisal): string | null {
  const digest = result.layers.find(({ layer }) => layer === "vm")?.digest;
  return allBoxes(facts).find(({ status }) => digest !== undefined && status.primary === digest)?.path ?? null;
}

/** The facts after one event. Console output and checked blocks are kept elsewhere: they are too many for a value like this. */
export function reduce(facts: Facts, event: LabEvent): Facts {
  switch (event.type) {
    case "lab":
      // A machine that failed stays drawn, with what was wrong, until another lab takes its place.
      if (!event.lab)
        return {
          ...facts,
          lab: null,
          machines: facts.machines.filter(({ power }) => power === "failed"),
          wires: [],
        };
      return {
        ...noFacts,
        lab: { id: event.lab.id, title: event.lab.title },
        machines: event.lab.platforms.map(freshMachine),
        wires: event.lab.wires.map(freshWire),
      };
    case "progress":
      return { ...facts, progress: { ...facts.progress, [event.path]: { loaded: event.loaded, total: event.total } } };
    case "power": {
      // Evidence is about one start of a machine; the next start is another one.
      const about = facts.appraisal?.subject?.startsWith(`${event.platform}/`) ?? true;
      const appraisal = event.state === "starting" && about ? null : facts.appraisal;
      return { ...onMachine(facts, event.platform, (machine) => power(machine, event)), appraisal };
    }
    case "measured":
      return onMachine(facts, event.platform, (machine) => ({
        ...machine,
        measured: [
          ...machine.measured.filter((stage) => stage.name !== event.stage),
          { name: event.stage, digest: event.digest, size: event.size },
        ],
      }));
    case "vm":
      return onMachine(facts, event.platform, (machine) => boxChange(machine, event));
    case "device":
      return onMachine(facts, event.platform, (machine) => deviceChange(machine, event));
    case "limits":
      return onMachine(facts, event.platform, (machine) => ({ ...machine, limits: event.limits }));
    case "management":
      return onMachine(facts, event.platform, (machine) => ({ ...machine, management: event.management }));
    case "frames":
    case "intercepted":
    case "held":
      return {
        ...facts,
        wires: facts.wires.map((wire) => (wire.id === event.wire ? wireChange(wire, event) : wire)),
      };
    case "starting":
      return onMachine(facts, event.platform, (machine) => ({
        ...machine,
        boxes: machine.boxes.map((box) =>
          box.id === event.vm
            ? { ...box, starting: { phase: event.phase, loaded: event.loaded, total: event.total } }
            : box,
        ),
      }));
    case "focus":
      return onMachine(facts, event.platform, (machine) => ({
        ...machine,
        focus: { box: event.vm, strip: event.strip },
        screen: machine.screen && machine.screen.box === event.vm ? machine.screen : null,
      }));
    case "text":
      return onMachine(facts, event.platform, (machine) => ({
        ...machine,
        screen: { box: event.vm, text: event.screen, shape: event.shape },
      }));
    case "message": {
      const messages = [...facts.messages, event.message];
      const excess = messages.length - MESSAGES_KEPT;
      if (excess <= 0) return { ...facts, messages };
      return { ...facts, messages: messages.slice(excess), forgotten: facts.forgotten + excess };
    }
    case "appraisal":
      return {
        ...facts,
        appraisal: {
          subject: event.subject ?? subjectOf(facts, event.result),
          evidence: event.evidence,
          nonce: event.nonce,
          result: event.result,
          durationMs: event.durationMs,
          count: (facts.appraisal?.count ?? 0) + 1,
        },
      };
    default:
      return facts;
  }
}

/** Folds many events; messages are appended once, so that a burst of them costs one copy. */
export function reduceAll(facts: Facts, events: readonly LabEvent[]): Facts {
  let result = facts;
  let run: Message[] = [];
  const flush = () => {
    if (run.length === 0) return;
    const all = [...result.messages, ...run];
    const excess = Math.max(0, all.length - MESSAGES_KEPT);
    result = { ...result, messages: excess > 0 ? all.slice(excess) : all, forgotten: result.forgotten + excess };
    run = [];
  };
  for (const event of events) {
    if (event.type === "message") {
      run.push(event.message);
      continue;
    }
    flush();
    result = reduce(result, event);
  }
  flush();
  return result;
}

/** Bytes fetched of bytes to fetch over all files named so far. */
export function totalProgress(facts: Facts): { loaded: number; total: number } {
  let loaded = 0;
  let total = 0;
  for (const file of Object.values(facts.progress)) {
    loaded += file.loaded;
    total += file.total;
  }
  return { loaded, total };
}

/** The box of that path ("alice/hello"), wherever it is. */
export function findBox(facts: Facts, path: string | null): BoxFacts | undefined {
  for (const machine of facts.machines) {
    const box = machine.boxes.find((candidate) => candidate.path === path);
    if (box) return box;
  }
  return undefined;
}

export function allBoxes(facts: Facts): BoxFacts[] {
  return facts.machines.flatMap((machine) => machine.boxes);
}
