/**
 * The machines, drawn as the paper's figure 1: the only map of the world, always in the same place. A box here shows what the
 * machine's owner can see, and nothing moves unless something happened.
 */
import { useRef } from "react";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { type MachineFacts, totalProgress } from "../facts/facts.ts";
import { splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { useLesson } from "../lesson/lesson.ts";
import { usePage } from "../page/page.ts";
import { openLab, useSession, useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { useTaps } from "../wire/taps.ts";
import { useMeasuredAnchors } from "./anchors.ts";
import { Lines } from "./Lines.tsx";
import { Loading } from "./Loading.tsx";
import { columns, fitsFull, isNarrow } from "./layout.ts";
import { Machine } from "./Machine.tsx";
import { RemoteParty } from "./RemoteParty.tsx";
import { RowStage } from "./RowStage.tsx";
import { moveBetweenBoxes } from "./stage-keys.ts";
import { WireColumn } from "./WireColumn.tsx";

function NoLab({ scenarios }: { scenarios: readonly Scenario[] }) {
  const view = useView();
  const { openError } = useSession();
  const facts = useFacts();
  const { loaded, total } = totalProgress(facts);
  const running = useLesson((lesson) => lesson.running);
  const opening = openError === null && (running || total > 0);
  const labs = view.terra.labs();
  // The one that could not be opened, or else the first there is.
  const wanted = useLesson((lesson) => lesson.scenario?.lab);
  const first = labs.find(({ id }) => id === wanted) ?? labs[0];
  if (opening) {
    return (
      <div className="empty">
        <p>{texts.stage.opening}</p>
        {total > 0 && <Loading loaded={loaded} total={total} words={texts.stage.fetching(loaded, total)} />}
      </div>
    );
  }
  const error = openError === null ? null : splitError(openError);
  return (
    <div className="empty">
      {error ? (
        <>
          <p className="outcome bad">
            <Mark kind="bad" />
            <strong>{error.code}</strong>
          </p>
          <p className="error-text">{error.text}</p>
        </>
      ) : (
        <p>{texts.stage.noLab}</p>
      )}
      {first && (
        <button type="button" className="button" onClick={() => void openLab(view, scenarios, first.id)}>
          {error ? texts.stage.openAgain : texts.stage.openLab(first.title)}
        </button>
      )}
    </div>
  );
}

/** What may move things on the stage, so that their places are measured anew. */
function shapeOf({ info, power, error, boxes, devices }: MachineFacts): string {
  const states = boxes.map(({ path, status }) => `${path} ${status.state}`);
  const cards = devices.map(({ id, attachedTo, connectedTo }) => `${id} ${attachedTo} ${connectedTo}`);
  return `${info.id} ${power} ${error} ${states} ${cards}`;
}

/** Is the stage drawn in its row form: because the lens needs the room, or because more is there than the full form shows? */
export function useRowStage(): boolean {
  const machines = useFacts((facts) => facts.machines);
  const tall = usePage((page) => page.detent === "tall");
  return tall || !fitsFull(machines);
}

export function Stage({ scenarios, row }: { scenarios: readonly Scenario[]; row: boolean }) {
  const stage = useRef<HTMLElement>(null);
  const machines = useFacts((facts) => facts.machines);
  const wires = useFacts((facts) => facts.wires);
  const taps = useTaps();
  const shape = [...machines.map(shapeOf), ...wires.map(({ interceptors }) => interceptors), Object.keys(taps)].join();
  const [first, second] = machines;
  useMeasuredAnchors(stage, `${row} ${shape}`);
  return (
    <section
      className={row ? "stage row" : "stage"}
      style={row || !second ? undefined : { gridTemplateColumns: columns(machines) }}
      ref={stage}
      aria-label={texts.regions.stage}
      data-region="stage"
      tabIndex={-1}
      onKeyDown={moveBetweenBoxes}
    >
      {!first ? (
        <NoLab scenarios={scenarios} />
      ) : row ? (
        <RowStage machines={machines} />
      ) : (
        <>
          <Machine
            key={first.info.id}
            machine={first}
            side={second ? "left" : "only"}
            narrow={isNarrow(first, machines)}
          />
          {second ? (
            <>
              <WireColumn />
              <Machine key={second.info.id} machine={second} side="right" narrow={isNarrow(second, machines)} />
            </>
          ) : (
            <RemoteParty />
          )}
          <Lines machines={machines} />
        </>
      )}
    </section>
  );
}
