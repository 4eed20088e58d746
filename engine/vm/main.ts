/**
 * The vm worker: one emulated PC, started by the TVMM as measured code in a worker of opaque origin. All it can do goes
 * through the ports it was given: its TVMM's, and one for each medium. It decides nothing: what a box may have was decided
 * by who gave it.
 */
import { connect, type Server, serve } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediaRequest } from "../protocol/media.ts";
import { parseVmRequest, type VmDisk, type VmEvent, type VmInit, type VmRequest } from "../protocol/vm.ts";
import { blockHash } from "./block-hash.ts";
import { blockReports } from "./block-reports.ts";
import { type BlockSource, type BlocksSeen, checkedSource, pinnedSource, rawSource } from "./block-source.ts";
import { composeBoot } from "./compose-boot.ts";
import { createMachine } from "./machine.ts";
import { MAX_DISKS } from "./virtio.ts";
import { plugInDisk } from "./virtio-blk.ts";

async function sourceOf(disk: VmDisk, onBlocks: BlocksSeen): Promise<BlockSource> {
  const { source, size, readOnly } = disk;
  if (source.type === "pinned") return pinnedSource(source.bytes, size, onBlocks);
  const medium = connect<MediaRequest>(source.port);
  if (!source.check) return rawSource(medium, source.medium, size, readOnly);
  const digestsOf = await blockHash(source.check.salt);
  return checkedSource(medium, source.medium, size, { digestsOf, leaves: source.check.leaves }, onBlocks);
}

export async function start(init: VmInit): Promise<void> {
  const { disks, serials } = init;
  if (disks.length > MAX_DISKS) {
    throw new TerraError("bad-argument", `there are ${disks.length} disks; this board has slots for ${MAX_DISKS}`);
  }
  let server: Server<VmEvent> | undefined;
  const emit = (event: VmEvent, transfer: Transferable[] = []) => server?.emit(event, transfer);
  const reports = blockReports((device, verified, failed) => emit({ type: "blocks", device, verified, failed }));

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
      },
    },
    {
      serial: (line, bytes) => emit({ type: "serial", line, bytes }, [bytes.buffer]),
      dtr: (line, high) => emit({ type: "dtr", line, high }),
      halt(halt) {
        reports.flush();
        emit({ type: "halt", halt });
      },
      slice: (now) => reports.service(now),
    },
  );

  const handle = (request: VmRequest): unknown => {
    switch (request.op) {
      case "run":
        return machine.run();
      case "serial":
        machine.serial(request.line).write(request.bytes);
        return undefined;
      case "figures":
        return { instructions: machine.instructions(), memoryBytes: machine.memoryBytes() };
      default:
        throw new TerraError("unsupported", `"${request.op}" is not served yet`);
    }
  };
  server = serve<VmRequest, VmEvent>(init.port, parseVmRequest, handle);
}
