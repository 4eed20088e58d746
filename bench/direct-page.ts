/**
 * The page around two boxes without a machine: the site's own vm worker bundle, launched as a TVMM launches it, their network
 * cards the two ends of one MessageChannel. What is left out is what the network is measured against: TVMM, switch, what the
 * owner is told, the scripting API.
 */
import { connect } from "../engine/protocol/channel.ts";
import { launchMeasured } from "../engine/protocol/launch.ts";
import type { VmEvent, VmInit, VmRequest } from "../engine/protocol/vm.ts";
import { loadImages, loadWasm } from "./images.ts";
import { listening, promptOf, runAt } from "./listening.ts";

type Run = (command: string, timeoutMs: number) => Promise<{ ms: number; output: string }>;
const shells: Run[] = [];

/** Two boxes of an image, 0 and 1, each with the other at its only card; resolves when both have their prompt. */
async function start(id: string, timeoutMs: number): Promise<void> {
  const [code, wasm, images] = await Promise.all([
    fetch("../measured/vm.js").then(async (answer) => new Uint8Array(await answer.arrayBuffer())),
    loadWasm(),
    loadImages([id]),
  ]);
  const image = images.get(id);
  if (!image) throw new Error(`the image ${id} was not loaded`);
  const { port1, port2 } = new MessageChannel();
  await Promise.all(
    [port1, port2].map(async (card, number) => {
      const name = `direct ${number}`;
      const own = new MessageChannel();
      const init: VmInit = {
        memoryMiB: image.memoryMiB,
        commandLine: image.commandLine,
        stub: image.stub,
        kernel: image.kernel,
        wasm,
        disks: [
          {
            device: "disk",
            serial: "boot",
            size: image.disk.length,
            readOnly: true,
            source: { type: "pinned", bytes: image.disk },
          },
        ],
        nics: [{ device: "nic", pci: 8, mac: `02:00:00:00:00:0${number + 1}`, port: card }],
        serials: { console: true, attestation: false, management: false },
        display: true,
        strip: { name, kind: "open", colour: "blue" },
        cpuShare: 1,
        inspectable: true,
        port: own.port2,
      };
      await launchMeasured({ code, init, transfer: [card, own.port2], name });
      const vm = connect<VmRequest, VmEvent>(own.port1);
      const console = listening();
      const decoder = new TextDecoder();
      vm.onEvent((event) => {
        if (event.type === "serial" && event.line === 1) console.hear(decoder.decode(event.bytes, { stream: true }));
      });
      await vm.call({ op: "run" });
      await promptOf(console, timeoutMs, name);
      const write = (text: string) => {
        void vm.call({ op: "serial", line: 1, bytes: new TextEncoder().encode(text) });
      };
      shells[number] = (command, patience) => runAt(console, write, command, patience);
    }),
  );
}

async function run(box: number, command: string, timeoutMs: number): Promise<{ ms: number; output: string }> {
  const shell = shells[box];
  if (!shell) throw new Error(`there is no box ${box}`);
  return shell(command, timeoutMs);
}

export const direct = { start, run };
declare global {
  interface Window {
    direct: typeof direct;
  }
}
window.direct = direct;
