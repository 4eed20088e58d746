/** Chip, firmware, loader: what was measured, in neutral ink, because nobody has judged it here. */
import type { MachineFacts } from "../facts/facts.ts";
import { Chip } from "../icons/icons.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { Blame } from "./Blame.tsx";

const notMeasured: Record<MachineFacts["power"], string> = {
  off: texts.stage.off,
  starting: texts.stage.wait,
  on: texts.stage.wait,
  failed: texts.stage.notStarted,
};

function Layer({ machine, name }: { machine: MachineFacts; name: "firmware" | "loader" }) {
  const stage = machine.measured.find((each) => each.name === name);
  const place = `${machine.info.id}/${name}`;
  return (
    <div className={stage ? "layer" : "layer waits"} data-anchor={place}>
      <Spot at={place} />
      <Blame at={place} />
      <span>{texts.stage[name]}</span>
      {stage ? (
        <span className="layer-digest">
          # <Digest value={stage.digest} what={texts.stage[name]} />
        </span>
      ) : (
        <span className="quiet">{notMeasured[machine.power]}</span>
      )}
    </div>
  );
}

/** Firmware and loader in one, where there is no room for two. */
function Both({ machine }: { machine: MachineFacts }) {
  const places = [`${machine.info.id}/firmware`, `${machine.info.id}/loader`];
  const measured = machine.measured.filter(({ name }) => name === "firmware" || name === "loader");
  const digests = measured.map(
    ({ name, digest }) => `${texts.stage[name === "loader" ? "loader" : "firmware"]} ${digest}`,
  );
  return (
    <div className={measured.length === 2 ? "layer" : "layer waits"} title={digests.join("\n")}>
      <Spot at={places} />
      <Blame at={places} />
      <span>{texts.stage.both}</span>
    </div>
  );
}

export function BaseRow({ machine, small }: { machine: MachineFacts; small: boolean }) {
  const place = `${machine.info.id}/chip`;
  return (
    <div className={small ? "base small" : "base"}>
      <div className="layer chip-layer" data-anchor={place} title={texts.stage.chipNote}>
        <Spot at={place} />
        <Blame at={place} />
        <Chip />
        <span>{texts.stage.chip}</span>
      </div>
      {small ? (
        <Both machine={machine} />
      ) : (
        <>
          <Layer machine={machine} name="firmware" />
          <Layer machine={machine} name="loader" />
        </>
      )}
    </div>
  );
}
