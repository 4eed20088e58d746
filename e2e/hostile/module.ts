/** Measured code that only probes, started by the launch code of the project itself; with a port in `init` it tries that, too. */
import { ask, probe } from "./probe.ts";

interface Init {
  site: string;
  foreign: string;
  label: string;
  report: MessagePort;
  keys?: MessagePort;
}

export async function start({ site, foreign, label, report, keys }: Init): Promise<void> {
  const findings = await probe(site, foreign, label);
  findings["the chip's keys"] = keys ? await ask(keys, { op: "sign", label }) : "no port";
  report.postMessage(findings);
}
