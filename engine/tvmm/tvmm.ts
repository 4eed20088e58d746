/**
 * The trusted virtual machine monitor: it isolates VMs, never attests falsely, never shows or lets anybody change what a
 * closed box keeps to itself (paper 3.1). It does not promise that anything stays available. Here its parts are put together
 * and the two doors opened, the owner's and the person's; main.ts gives it what is real, tests give it what stands in.
 */
import { connect, serve } from "../protocol/channel.ts";
import type { StageInit } from "../protocol/launch.ts";
import { type OwnerEvent, type OwnerRequest, parseOwnerRequest } from "../protocol/owner.ts";
import { type PersonEvent, type PersonRequest, parsePersonRequest } from "../protocol/person.ts";
import type { RegisterRequest } from "../protocol/register.ts";
import { configuredBox } from "./configuration.ts";
import { limitsKeeper } from "./limits.ts";
import { isNic, standsStill, machine as tables, type Vm } from "./machine.ts";
import { management as managementOf } from "./management.ts";
import { managementBox } from "./management-box.ts";
import { managementService } from "./management-service.ts";
import { type Media, mediaOver } from "./media.ts";
import { messages as record } from "./messages.ts";
import { monitor as monitorOf } from "./monitor.ts";
import { network as networkOf } from "./network.ts";
import type { OwnKey } from "./own-key.ts";
import { ownerRequests } from "./owner.ts";
import { after, MAX_MEMORY_MIB, power as powerOf } from "./power.ts";
import { storageKey } from "./sealed-storage.ts";
import { signKeeper } from "./sign.ts";
import type { LaunchVm } from "./vm-worker.ts";

export interface TvmmParts {
  board: StageInit["board"];
  /** What lies on the flash. */
  flash: Media;
  own: OwnKey;
  launch: LaunchVm;
  wasm: WebAssembly.Module;
  debug: boolean;
}

/** Serves the owner's and the person's port from the moment this resolves; the management box may still be coming up. */
export async function tvmm({ board, flash, own, launch, wasm, debug }: TvmmParts): Promise<void> {
  const { platform } = board;
  const machine = tables();
  const media = mediaOver(board.media);
  const emit = (event: OwnerEvent) => {
    owner.emit(event);
    box.observe(event);
  };
  const messages = record(platform, emit);
  const chip = connect<RegisterRequest>(board.register);
  const sign = signKeeper({ chip, media, debug, changed: () => monitor.signChanged() });
  const monitor = monitorOf(machine, (event) => person.emit(event), sign);
  const limits = limitsKeeper(MAX_MEMORY_MIB);
  limits.onChange(() => emit({ type: "limits", limits: limits.current() }));
  const boxOf = (device: string): Vm | undefined => {
    const found = machine.devices.get(device);
    return found && isNic(found) ? machine.vms.get(found.attachedTo ?? "") : undefined;
  };
  const cards = networkOf({
    media,
    openBox: (device) => boxOf(device)?.kind === "open",
    standsStill(device) {
      const box = boxOf(device);
      return box !== undefined && standsStill(box);
    },
    emit,
    after,
    now: () => performance.timeOrigin + performance.now(),
  });
  // Both lie outside and may be slow, or never answer.
  const [configured, network] = await Promise.all([configuredBox(flash), cards]);
  const box = managementBox({ configured, emit, messages });
  const common = {
    machine,
    media,
    network,
    limits,
    monitor,
    sign: () => sign.current,
    emit,
    debug,
    platform,
    messages,
  };
  const management = managementOf(common);
  const power = powerOf({
    ...common,
    launch,
    wasm,
    endorser: { issuer: own.issuer, chain: own.chain, vendors: own.vendors },
    managementService: ({ name }, send) =>
      managementService({
        ...common,
        name,
        handle: requests(name),
        memoryMiB: MAX_MEMORY_MIB,
        ready: box.ready,
        send,
        after,
      }),
  });
  const requests = ownerRequests({
    ...common,
    management,
    power,
    stages: own.stages,
    chipDigest: own.chipDigest,
    managementStatus: box.status,
  });
  const person = serve<PersonRequest, PersonEvent>(board.person, parsePersonRequest, monitor.handle);
  const owner = serve<OwnerRequest, OwnerEvent>(board.owner, parseOwnerRequest, requests("owner"));
  await Promise.all([storageKey(chip, media, messages), sign.status()]);
  void box.start(machine, management, power);
}
