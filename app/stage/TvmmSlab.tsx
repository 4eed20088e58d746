/** The TVMM under its boxes: solid for the release build, hatched and dashed for any other, dashed and empty until measured. */
import type { MachineFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";

const notRunning: Record<MachineFacts["power"], string> = {
  off: texts.stage.off,
  starting: texts.stage.tvmmWaits,
  on: texts.stage.tvmmWaits,
  failed: texts.stage.notStarted,
};

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
