/**
 * Puts the lab together: one site, one open lab at a time, the scripting API over it, and the stream of facts that the page shows.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Lab, Message, Platform, ScenarioOptions, ScenarioReport, Terra, Vm } from "./api.ts";
import { bringUp, insertMedia } from "./bring-up.ts";
import { catalogue } from "./catalogue.ts";
import { type LabDescription, parseLabDescription } from "./description.ts";
import { missingFeatures } from "./features.ts";
import { createMachine, type Machine } from "./machine.ts";
import { createManagement } from "./management.ts";
import { createMedia } from "./media.ts";
import { createMessageLog } from "./messages.ts";
import { createPlatform } from "./platform.ts";
import { catalogueImages, type Site, type SiteOptions, startSite } from "./site.ts";
import { check, defaultPolicy, mergedPolicy } from "./verifier.ts";
import type { LabEvent, LabView } from "./view.ts";
import { createVm } from "./vm.ts";

const API_VERSION = "1.0.0";

/** The guided scenarios live above the lab; whoever puts the page together brings them. */
export interface Scenarios {
  list(): { id: string; title: string; lab: string; paper: string }[];
  run(terra: Terra, id: string, options: ScenarioOptions): Promise<ScenarioReport>;
}

export interface LabOptions extends SiteOptions {
  scenarios: Scenarios;
}

const epoch = () => performance.timeOrigin + performance.now();

interface OpenLab {
  lab: Lab;
  description: LabDescription;
  machines: Map<string, Machine>;
  note(message: Omit<Message, "sequence" | "time">): void;
}

export function createLabView(options: LabOptions): LabView {
  const listeners = new Set<(event: LabEvent) => void>();
  let siteStarted: Promise<Site> | undefined;
  let current: OpenLab | undefined;
  /** Machines of the lab that is being opened: their boxes want a canvas before open() has resolved. */
  let building: Map<string, Machine> | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  let playing: Promise<unknown> = Promise.resolve();

  function emit(event: LabEvent): void {
    for (const listener of [...listeners]) listener(event);
  }

  function site(): Promise<Site> {
    siteStarted ??= startSite(options).then(
      (started) => {
        started.physical.onEvent((event) => emit(event));
        return started;
      },
      (error: unknown) => {
        siteStarted = undefined;
        throw error;
      },
    );
    return siteStarted;
  }

  function descriptionOf(lab: unknown): LabDescription {
    if (typeof lab !== "string") return parseLabDescription(lab);
    const found = catalogue.find((each) => each.id === lab);
    if (found) return found;
    const known = catalogue.map((each) => each.id).join(", ");
    throw new TerraError("unknown-lab", `there is no lab ${JSON.stringify(lab)}; there are ${known}`);
  }

  async function build(description: LabDescription): Promise<OpenLab> {
    const shared = await site();
    const openedAt = epoch();
    const log = createMessageLog();
    const machines = new Map<string, Machine>();
    building = machines;
    const unsubscribe = log.subscribe((message) => emit({ type: "message", message }));
    const note: OpenLab["note"] = (message) => {
      log.add({ ...message, time: Math.max(0, epoch() - openedAt) });
    };
    emit({
      type: "lab",
      lab: {
        id: description.id,
        title: description.title,
        platforms: description.platforms.map(({ id, title }) => ({ id, title, managedFromPage: true })),
      },
    });
    const platforms = new Map<string, Platform>();
    const boxes = new Map<string, Vm>();
    // Machines start side by side; lists have the description's order all the same.
    const inOrder = <T>(by: Map<string, T>) => description.platforms.flatMap(({ id }) => by.get(id) ?? []);
    const everyVm = () =>
      inOrder(machines).flatMap((machine) => [...machine.statuses.values()].map((vm) => `${machine.id}/${vm.name}`));
    let closed = false;

    const lab: Lab = {
      id: description.id,
      platforms: () => inOrder(platforms).map(({ id }) => id),
      platform(id) {
        const platform = platforms.get(id);
        if (platform) return platform;
        throw new TerraError(
          "unknown-platform",
          `there is no machine ${JSON.stringify(id)}; there are ${lab.platforms().join(", ")}`,
        );
      },
      vms: everyVm,
      vm(path) {
        const [platform, name] = String(path).split("/");
        const machine = machines.get(platform ?? "");
        if (!machine || !name || !everyVm().includes(path)) {
          throw new TerraError(
            "unknown-vm",
            `there is no VM ${JSON.stringify(path)}; there are ${everyVm().join(", ") || "none"}`,
          );
        }
        // One object a box: its console remembers where the last match ended, whoever asks for it again.
        const vm = boxes.get(path) ?? createVm(machine, name);
        boxes.set(path, vm);
        return vm;
      },
      wires: () => [],
      wire(id) {
        throw new TerraError(
          "unsupported",
          `there is no wire ${JSON.stringify(id)}: this version connects no machines`,
        );
      },
      messages: async (filter) => log.list(filter),
      waitForMessage: (filter, timeoutMs) => log.wait(filter, timeoutMs),
      async close() {
        if (current?.lab === lab) current = undefined;
        if (closed) return;
        closed = true;
        await Promise.all([...machines.values()].map((machine) => machine.close()));
        machines.clear();
        unsubscribe();
        log.close();
        emit({ type: "lab", lab: null });
      },
    };

    const opened: OpenLab = { lab, description, machines, note };
    try {
      const started = await Promise.allSettled(
        description.platforms.map(async (each) => {
          const machine = await createMachine(shared, each, emit);
          machines.set(each.id, machine);
          machine.onOwnerEvent((event) => {
            if (event.type !== "message") return;
            const { at, ...message } = event.message;
            log.add({ ...message, time: Math.max(0, at - openedAt) });
          });
          const media = createMedia(shared, each.id);
          await media.list();
          platforms.set(each.id, createPlatform(shared, machine, media));
          // Media are fetched while the machine boots.
          const fetched = insertMedia(media, each.vms);
          await Promise.all([machine.powerOn(each.tvmm), fetched]);
          const { refused } = await bringUp(shared, machine, createManagement(machine, media), media);
          // Nobody has touched the media yet: what the TVMM refuses now is wrong in the description.
          for (const error of refused) throw error;
        }),
      );
      // All of them have come to an end before the lab is closed; otherwise one that still starts would stay.
      for (const each of started) if (each.status === "rejected") throw each.reason;
    } catch (error) {
      await lab.close();
      throw error;
    }
    return opened;
  }

  const terra: Terra = {
    version: API_VERSION,
    labs: () => catalogue.map(({ id, title }) => ({ id, title })),
    open(lab) {
      // One after the other: a second open() waits for the first and then closes what that one made.
      const next = opening.then(async () => {
        const description = descriptionOf(lab);
        await current?.lab.close();
        current = await build(description);
        return current.lab;
      });
      opening = next.catch(() => undefined);
      return next;
    },
    get lab() {
      return current?.lab ?? null;
    },
    images: async () => catalogueImages(await site()),
    scenarios: () => options.scenarios.list(),
    runScenario(id, how = {}) {
      // One after the other: each opens its own lab.
      const run = playing.then(() => options.scenarios.run(terra, id, how));
      playing = run.catch(() => undefined);
      return run;
    },
    nonce: () => crypto.getRandomValues(new Uint8Array(32)),
    policy: async () => defaultPolicy(await site(), current?.description),
    async appraise(evidence, nonce, policy) {
      const started = performance.now();
      const result = await check(evidence, nonce, mergedPolicy(await terra.policy(), policy));
      const failed = result.checks.find((each) => !each.passed);
      current?.note({
        from: "verifier",
        to: "verifier",
        kind: "appraisal",
        summary: failed ? `refused at ${failed.name}: ${failed.detail}` : "accepted: nine checks passed",
        outcome: result.accepted ? "accepted" : "refused",
      });
      emit({ type: "appraisal", evidence, nonce, result, durationMs: performance.now() - started });
      return result;
    },
  };

  function machineOf(platform: string): Machine {
    const machine = (current?.machines ?? building)?.get(platform);
    if (!machine)
      throw new TerraError("unknown-platform", `there is no machine ${JSON.stringify(platform)} in the open lab`);
    return machine;
  }

  return {
    terra,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async surface(platform, vm, canvas, size, theme) {
      await machineOf(platform).person({ op: "surface", vm, canvas, size, theme }, [canvas]);
    },
    async resize(platform, vm, size, theme) {
      await machineOf(platform).person({ op: "resize", vm, size, theme });
    },
    async scancodes(platform, codes) {
      await machineOf(platform).person({ op: "scancodes", codes });
    },
    async consoleInput(platform, vm, bytes) {
      await machineOf(platform).owner({ op: "console-write", vm, bytes });
    },
    consoleOutput: async (platform, vm) => (await machineOf(platform).owner({ op: "console-read", vm })) as Uint8Array,
    missingFeatures,
  };
}
