/**
 * The machines, drawn as the paper's figure 1: the only map of the world, always in the same place. A box here shows what the
 * machine's owner can see, and nothing moves unless something happened.
 */
import { useRef } from "react";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { totalProgress } from "../facts/facts.ts";
import { splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { useLesson } from "../lesson/lesson.ts";
import { openLab, useSession, useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { useMeasuredAnchors } from "./anchors.ts";
import { Lines } from "./Lines.tsx";
import { Loading } from "./Loading.tsx";
import { Machine } from "./Machine.tsx";
import { RemoteParty } from "./RemoteParty.tsx";
import { RowStage } from "./RowStage.tsx";
import { moveBetweenBoxes } from "./stage-keys.ts";

function NoLab({ scenarios }: { scenarios: readonly Scenario[] }) {
  const view = useView();
  const { openError } = useSession();
  const facts = useFacts();
  const { loaded, total } = totalProgress(facts);
  const running = useLesson((lesson) => lesson.running);
  const opening = openError === null && (running || total > 0);
  const first = view.terra.labs()[0];
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

export function Stage({ scenarios, row }: { scenarios: readonly Scenario[]; row: boolean }) {
  const stage = useRef<HTMLElement>(null);
  const machines = useFacts((facts) => facts.machines);
  const shape = machines
    .map(
      ({ info, power, error, boxes }) =>
        `${info.id} ${power} ${error} ${boxes.map((box) => `${box.path} ${box.status.state}`)}`,
    )
    .join();
  useMeasuredAnchors(stage, `${row} ${shape}`);
  return (
    <section
      className={row ? "stage row" : "stage"}
      ref={stage}
      aria-label={texts.regions.stage}
      data-region="stage"
      tabIndex={-1}
      onKeyDown={moveBetweenBoxes}
    >
      {machines.length === 0 ? (
        <NoLab scenarios={scenarios} />
      ) : row ? (
        <RowStage machines={machines} />
      ) : (
        <>
          {machines.map((machine) => (
            <Machine key={machine.info.id} machine={machine} machines={machines.length} />
          ))}
          {machines.length === 1 && <RemoteParty />}
          <Lines machines={machines} />
        </>
      )}
    </section>
  );
}
