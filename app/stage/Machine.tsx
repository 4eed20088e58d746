/** One machine, from the chip upwards: a stage is dashed until it was measured, and boxes stand on a TVMM that runs. */
import type { MachineFacts } from "../facts/facts.ts";
import { totalProgress } from "../facts/facts.ts";
import { shortenDigests, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Sliders } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { enterZoom } from "../page/page.ts";
import { startMachine, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { BaseRow } from "./BaseRow.tsx";
import { Box } from "./Box.tsx";
import { frame } from "./colours.ts";
import { Loading } from "./Loading.tsx";
import { TvmmSlab } from "./TvmmSlab.tsx";

function Failure({ machine }: { machine: MachineFacts }) {
  const view = useView();
  const { code, text } = splitError(machine.error ?? "");
  return (
    <div className="place failed">
      <p className="outcome bad">
        <Mark kind="bad" />
        <strong>
          {machine.info.id} {texts.stage.failed}: {code}
        </strong>
      </p>
      <p className="error-text">{shortenDigests(text)}</p>
      <button type="button" className="button" onClick={() => void startMachine(view, machine.info.id)}>
        {texts.stage.startAgain(machine.info.id)}
      </button>
    </div>
  );
}

function NoBoxes({ machine }: { machine: MachineFacts }) {
  const view = useView();
  const facts = useFacts();
  const { loaded, total } = totalProgress(facts);
  if (machine.power === "failed") return <Failure machine={machine} />;
  if (machine.power === "off" && facts.lab && machine.powerOns > 0) {
    return (
      <div className="place">
        <p>{texts.stage.poweredOff}</p>
        <button type="button" className="button" onClick={() => void startMachine(view, machine.info.id)}>
          {texts.stage.powerOn(machine.info.id)}
        </button>
      </div>
    );
  }
  return (
    <div className="place">
      {loaded < total ? (
        <Loading loaded={loaded} total={total} words={texts.stage.fetching(loaded, total)} />
      ) : (
        <span>{texts.stage.noBoxes}</span>
      )}
    </div>
  );
}

/** Who manages the machine: its management box, or this page. */
function managedBy({ info, management, boxes, power }: MachineFacts): string {
  if (info.managedFromPage) return texts.stage.managedFromPage;
  if (power !== "on" || !management || management.state === "none") return "";
  const name = boxes.find(({ id }) => id === management.vm)?.status.name ?? texts.stage.managementBox;
  return texts.stage.managedBy(name, management);
}

interface Props {
  machine: MachineFacts;
  side: "only" | "left" | "right";
  /** Not all words fit. */
  narrow?: boolean;
}

export function Machine({ machine, side, narrow = false }: Props) {
  const { info, boxes } = machine;
  return (
    <article
      className={`machine side-${side}${narrow ? " narrow" : ""}`}
      data-power={machine.power}
      aria-labelledby={`machine-${info.id}`}
      data-anchor={info.id}
    >
      <Spot at={info.id} />
      <header>
        <h2 id={`machine-${info.id}`}>{info.id}</h2>
        <span className="quiet">{info.title}</span>
        <span className="quiet managed">{managedBy(machine)}</span>
        <button
          type="button"
          className="button manage"
          data-return={`machine:${info.id}`}
          aria-label={texts.machine.open(info.id)}
          onClick={() => enterZoom({ kind: "machine", platform: info.id, tab: "calls" })}
        >
          <Sliders />
          {texts.machine.manage}
        </button>
      </header>
      <div className="boxes">
        {boxes.length === 0 ? (
          <NoBoxes machine={machine} />
        ) : (
          boxes.map((box) => <Box key={box.id} box={box} machine={machine} frame={frame(box.id)} />)
        )}
      </div>
      <TvmmSlab machine={machine} />
      <BaseRow machine={machine} small={narrow} />
    </article>
  );
}
