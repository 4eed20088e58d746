/**
 * The trusted virtual machine monitor: it isolates VMs, never attests falsely, never shows or lets anybody change what a
 * closed box keeps to itself (paper 3.1). It does not promise that anything stays available. Here its parts are put together
 * and the two doors opened, the owner's and the person's; main.ts gives it what is real, tests give it what stands in.
 */
import { serve } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { StageInit } from "../protocol/launch.ts";
import { type OwnerEvent, type OwnerRequest, parseOwnerRequest } from "../protocol/owner.ts";
import { type PersonEvent, type PersonRequest, parsePersonRequest } from "../protocol/person.ts";
import { limitsKeeper } from "./limits.ts";
import { isNic, machine as tables } from "./machine.ts";
import { management } from "./management.ts";
import { mediaOver } from "./media.ts";
import { messages as record } from "./messages.ts";
import { monitor as monitorOf } from "./monitor.ts";
import { network as networkOf } from "./network.ts";
import type { OwnKey } from "./own-key.ts";
import { ownerRequests } from "./owner.ts";
import { after, MAX_MEMORY_MIB, power as powerOf } from "./power.ts";
import { storageKey } from "./sealed-storage.ts";
import type { LaunchVm } from "./vm-worker.ts";

export interface TvmmParts {
  board: StageInit["board"];
  own: OwnKey;
  launch: LaunchVm;
  wasm: WebAssembly.Module;
  debug: boolean;
}

/** Serves the owner's and the person's port from the moment this resolves. */
export async function tvmm({ board, own, launch, wasm, debug }: TvmmParts): Promise<void> {
  const machine = tables();
  const media = mediaOver(board.media);
  const emit = (event: OwnerEvent) => owner.emit(event);
  const messages = record(board.platform, emit);
  const monitor = monitorOf(machine, (event) => person.emit(event));
  const endorser = { issuer: own.issuer, chain: own.chain, vendors: own.vendors };
  const limits = limitsKeeper(MAX_MEMORY_MIB);
  const network = await networkOf({
    media,
    openBox(device) {
      const found = machine.devices.get(device);
      return found !== undefined && isNic(found) && machine.vms.get(found.attachedTo ?? "")?.kind === "open";
    },
    emit,
    after,
    now: () => performance.timeOrigin + performance.now(),
  });
  const { platform } = board;
  const common = { machine, media, network, limits, monitor, emit, debug, platform, messages };
  const power = powerOf({
    ...common,
    launch,
    wasm,
    endorser,
    managementService: (vm) => {
      throw new TerraError("internal", `${vm.name} has a management device, but this machine has no management box`);
    },
  });
  const handle = ownerRequests({
    ...common,
    management: management(common),
    power,
    stages: own.stages,
    chipDigest: own.chipDigest,
    managementStatus: () => ({ state: "none" }),
  });
  const person = serve<PersonRequest, PersonEvent>(board.person, parsePersonRequest, monitor.handle);
  const owner = serve<OwnerRequest, OwnerEvent>(board.owner, parseOwnerRequest, handle("owner"));
  await storageKey(board.register, media, messages);
}
