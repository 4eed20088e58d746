/**
 * The power switch: measured boot from the flash up to the TVMM, one at a time, and the end of it. The chip measures the
 * firmware itself, and sees at the register how far the boot has got; whichever stage gives no sign of life is named.
 * After a boot that failed or was cut short nothing of it may be left: no worker, no port, no register.
 */
import { connect, serve } from "../protocol/channel.ts";
import type { ChipEvent, ChipRequest } from "../protocol/chip.ts";
import { TerraError } from "../protocol/errors.ts";
import { type MeasuredStage, StageError } from "../protocol/launch.ts";
import { type BootStage, readStage, startStage } from "../protocol/measured-boot.ts";
import type { MediaRequest } from "../protocol/media.ts";
import { parseRegisterRequest } from "../protocol/register.ts";
import { createRegister } from "./register.ts";
import { answerRegister, type Counters } from "./services.ts";
import type { ChipKeys } from "./store.ts";

/** How long a stage may take from its measurement to the next one's, or to the end of the boot, in ms. */
const PATIENCE = 10_000;

type PowerOn = Extract<ChipRequest, { op: "power-on" }>;

export interface Power {
  on(platform: string, keys: ChipKeys, counters: Counters, request: PowerOn): Promise<MeasuredStage[]>;
  off(): void;
}

export function createPower(emit: (event: ChipEvent) => void): Power {
  let state: "off" | "booting" | "on" = "off";
  let cut = (_reason: TerraError) => {};

  return {
    async on(platform, keys, counters, request) {
      if (state !== "off") {
        for (const port of portsOf(request)) port.close();
        throw state === "on"
          ? new TerraError("bad-state", `${platform} is on already; power it off first`)
          : new TerraError("busy", `${platform} is booting`);
      }
      state = "booting";
      const attempt = boot(platform, keys, counters, request, emit);
      cut = attempt.cut;
      try {
        const stages = await attempt.stages;
        state = "on";
        return stages;
      } catch (thrown) {
        attempt.cut(new TerraError("bad-state", "the boot has failed"));
        // After a power-off the switch may be another boot's already.
        if (cut === attempt.cut) state = "off";
        throw thrown;
      }
    },
    off() {
      state = "off";
      cut(new TerraError("bad-state", "the power was cut while the machine was booting"));
      cut = () => {};
    },
  };
}

const portsOf = ({ flash, media, owner, person }: PowerOn) => [flash, media, owner, person];

/** One power-on. `cut` ends it at any time, also after it has succeeded; `stages` then rejects with its reason. */
function boot(
  platform: string,
  keys: ChipKeys,
  counters: Counters,
  request: PowerOn,
  emit: (event: ChipEvent) => void,
): { stages: Promise<MeasuredStage[]>; cut(reason: TerraError): void } {
  const ended = new AbortController();
  const register = createRegister();
  const { port1: ownEnd, port2: registerPort } = new MessageChannel();
  const ports = [...portsOf(request), ownEnd];
  let stage: BootStage = "firmware";
  let digest: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let worker: Worker | undefined;

  const cut = (reason: TerraError) => {
    clearTimeout(timer);
    if (ended.signal.aborted) return;
    ended.abort(reason);
    worker?.terminate();
    for (const port of ports) port.close();
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const which = digest ? `${stage} (SHA-256 ${digest})` : `${stage} could not be read from the flash and`;
      cut(new StageError(stage, `${which} gave no sign of life for ${PATIENCE / 1000} s`));
    }, PATIENCE);
  };
  const extended = (next: BootStage, nextDigest: string, size: number) => {
    stage = next;
    digest = nextDigest;
    watch();
    emit({ type: "measured", stage: next, digest: nextDigest, size });
  };
  serve(ownEnd, parseRegisterRequest, (asked) => {
    if (ended.signal.aborted) throw new TerraError("bad-state", "the machine is off");
    return answerRegister({ register, sealing: keys.sealing, counters, extended }, asked);
  });

  const climb = async (): Promise<MeasuredStage[]> => {
    const { certificate } = keys;
    if (certificate === undefined) {
      throw new TerraError("bad-state", `the chip ${keys.serial} has no certificate; provision and certify it first`);
    }
    const flash = await flashOnly(request.flash);
    ports.push(flash);
    const image = await readStage(flash, "firmware", "firmware");
    register.extend("firmware", image.digest);
    extended("firmware", image.digest, image.code.length);
    const lower = {
      issuer: { key: keys.endorsement.privateKey, certificate },
      endorsement: { chain: [certificate], vendors: [] },
    };
    const { tvmm, media, owner, person } = request;
    const board = { platform, tvmm, flash, media, register: registerPort, owner, person };
    const started = await startStage({ image, lower, stages: [{ name: "chip" }], board, signal: ended.signal });
    worker = started.worker;
    if (ended.signal.aborted) worker.terminate();
    clearTimeout(timer);
    return [{ name: "chip", certificate }, ...started.stages];
  };
  const failed = new Promise<never>((_, reject) => {
    ended.signal.addEventListener("abort", () => reject(ended.signal.reason));
  });
  watch();
  return { stages: Promise.race([climb(), failed]), cut };
}

/** A port to the flash alone, read only, whatever the page's port reaches. */
async function flashOnly(port: MessagePort): Promise<MessagePort> {
  const client = connect<MediaRequest>(port);
  const narrow = await client.call({ op: "open", medium: "flash", readOnly: true });
  port.close();
  if (!(narrow instanceof MessagePort)) throw new TerraError("malformed", "opening the flash did not give a port");
  return narrow;
}
