/** A hostile vm bundle: it answers the TVMM as if it were a PC, probes, and tells through the console's serial line. */
import type { VmInit } from "../../engine/protocol/vm.ts";
import { ask, probe } from "./probe.ts";

declare const __SITE__: string;
declare const __FOREIGN__: string;

export async function start(init: VmInit): Promise<void> {
  const { port } = init;
  port.addEventListener("message", ({ data }) => port.postMessage({ reply: data.id, value: undefined }));
  port.start();
  void tell(init);
}

async function tell(init: VmInit): Promise<void> {
  const findings = await probe(__SITE__, __FOREIGN__, "vm");
  const disk = init.disks.find((each) => each.source.type === "medium");
  if (disk?.source.type === "medium") {
    const { port } = disk.source;
    findings["its own disk"] = await ask(port, { op: "read", medium: disk.source.medium, offset: 0, length: 512 });
    for (const medium of ["flash", "sealed", "pc.boot", "pc.firmware"]) {
      findings[`medium ${medium}`] = await ask(port, { op: "read", medium, offset: 0, length: 512 });
    }
    findings["writing its attested disk"] = await ask(port, {
      op: "write",
      medium: disk.source.medium,
      offset: 0,
      bytes: new Uint8Array(16),
    });
    findings["opening another medium"] = await ask(port, { op: "open", medium: "sealed", readOnly: true });
  }
  // What it may ask of the TVMM, it may only as a PC: the TVMM takes events from here, and no requests.
  for (const request of [{ op: "boot-log" }, { op: "seal", plaintext: new Uint8Array(8) }, { op: "on", vm: "vm1" }]) {
    findings[`asking the TVMM: ${request.op}`] = await ask(init.port, request);
  }
  const bytes = new TextEncoder().encode(`FINDINGS ${JSON.stringify(findings)}\n`);
  init.port.postMessage({ event: { type: "serial", line: 1, bytes } });
}
