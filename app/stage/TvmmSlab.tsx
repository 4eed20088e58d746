/** The TVMM under its boxes: solid for the release build, hatched and dashed for any other, dashed and empty until measured. */

import { allDevices, connections } from "../facts/devices.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { Blame } from "./Blame.tsx";

const notRunning: Record<MachineFacts["power"], string> = {
  off: texts.stage.off,
  starting: texts.stage.tvmmWaits,
  on: texts.stage.tvmmWaits,
  failed: texts.stage.notStarted,
};

/** The lines in the slab, in words. */
function ConnectionWords({ machine }: { machine: MachineFacts }) {
  const wires = useFacts((facts) => facts.wires);
  const devices = allDevices(machine, wires);
  const nameOf = (id: string) => {
    const device = devices.find((each) => each.id === id);
    const box = machine.boxes.find((each) => each.id === device?.attachedTo)?.status.name;
    return box === undefined ? id : `${id} (${box})`;
  };
  const lines = connections(devices);
  if (lines.length === 0) return null;
  return (
    <ul className="visually-hidden" aria-label={texts.stage.connections}>
      {lines.map(({ a, b }) => (
        <li key={`${a} ${b}`}>{texts.stage.connected(nameOf(a), nameOf(b))}</li>
      ))}
    </ul>
  );
}

export function TvmmSlab({ machine }: { machine: MachineFacts }) {
  const { power, tvmm, measured, info } = machine;
  const stage = measured.find(({ name }) => name === "tvmm");
  const runs = power === "on";
  const other = tvmm !== "release";
  const className = ["slab", runs ? (other ? "other" : "release") : "waits"].join(" ");
  return (
    <div
      className={className}
      data-anchor={`${info.id}/tvmm`}
      title={other && runs ? texts.stage.otherBuild(tvmm) : undefined}
    >
      <Spot at={`${info.id}/tvmm`} />
      <Blame at={`${info.id}/tvmm`} />
      <ConnectionWords machine={machine} />
      <strong>{texts.stage.tvmm}</strong>
      {runs || stage ? (
        <>
          <span>{tvmm}</span>
          {stage && (
            <span className="slab-digest">
              <Digest value={stage.digest} what="TVMM" />
            </span>
          )}
          {!runs && stage && <span className="slab-digest">{texts.stage.measured(bytes(stage.size))}</span>}
        </>
      ) : (
        <span>{notRunning[power]}</span>
      )}
    </div>
  );
}
