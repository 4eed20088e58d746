/**
 * Puts the lab together: one site, one open lab at a time, the scripting API over it, and the stream of facts that the page shows.
 */
import { shown } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { ScenarioOptions, ScenarioReport, Terra } from "./api.ts";
import { buildLab, type OpenLab } from "./build.ts";
import { catalogue } from "./catalogue.ts";
import { type LabDescription, parseLabDescription } from "./description.ts";
import { missingFeatures } from "./features.ts";
import type { Machine } from "./machine.ts";
import type { SignStatus } from "./protocol.ts";
import { catalogueImages, type Site, type SiteOptions, startSite } from "./site.ts";
import { buildTrustDisk } from "./trust.ts";
import { check, defaultPolicy, mergedPolicy } from "./verifier.ts";
import type { LabEvent, LabView } from "./view.ts";

const API_VERSION = "1.0.0";

/** The guided scenarios live above the lab; whoever puts the page together brings them. */
export interface Scenarios {
  list(): { id: string; title: string; lab: string; paper: string }[];
  run(terra: Terra, id: string, options: ScenarioOptions): Promise<ScenarioReport>;
}

export interface LabOptions extends SiteOptions {
  scenarios: Scenarios;
}

export function createLabView(options: LabOptions): LabView {
  const listeners = new Set<(event: LabEvent) => void>();
  let siteStarted: Promise<Site> | undefined;
  let current: OpenLab | undefined;
  /** Machines of the lab that is being opened: their boxes want a canvas before open() has resolved. */
  let building: ReadonlyMap<string, Machine> | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  let playing: Promise<unknown> = Promise.resolve();

  function emit(event: LabEvent): void {
    for (const listener of [...listeners]) listener(event);
  }

  function site(): Promise<Site> {
    siteStarted ??= startSite(options).then(
      (started) => {
        started.physical.onEvent((event) => {
          if (event.type === "progress") emit(event);
        });
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
    throw new TerraError("unknown-lab", `there is no lab ${shown(lab)}; there are ${known}`);
  }

  const terra: Terra = {
    version: API_VERSION,
    labs: () => catalogue.map(({ id, title }) => ({ id, title })),
    open(lab) {
      // One after the other: a second open() waits for the first and then closes what that one made.
      const next = opening.then(async () => {
        const description = descriptionOf(lab);
        await current?.lab.close();
        const machines = new Map<string, Machine>();
        building = machines;
        current = await buildLab({
          site: await site(),
          description,
          machines,
          emit,
          onClose(closing) {
            if (current?.lab === closing) current = undefined;
          },
        });
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
    async policy() {
      const started = await site();
      const asked = current && { trust: current.trust(), revocationLists: current.revocation.lists };
      return defaultPolicy(started, current?.description, asked);
    },
    revoke: async (platform) => openLab().revocation.revoke(machineOf(platform)),
    revocationList: async () => openLab().revocation.list(),
    trustDisk: (trust) => buildTrustDisk(trust),
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

  function openLab(): OpenLab {
    if (current) return current;
    throw new TerraError("bad-state", "no lab is open; terra.open() opens one");
  }

  function machineOf(platform: string): Machine {
    const machine = (current?.machines ?? building)?.get(platform);
    if (!machine) throw new TerraError("unknown-platform", `there is no machine ${shown(platform)} in the open lab`);
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
    async mouse(platform, motion) {
      await machineOf(platform).person({ op: "mouse", ...motion });
    },
    sign: async (platform) => (await machineOf(platform).person({ op: "sign" })) as SignStatus,
    async consoleInput(platform, vm, bytes) {
      await machineOf(platform).owner({ op: "console-write", vm, bytes });
    },
    consoleOutput: async (platform, vm) => (await machineOf(platform).owner({ op: "console-read", vm })) as Uint8Array,
    missingFeatures,
  };
}
