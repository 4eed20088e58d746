/** A closed box's outside: all that its owner is shown. */
import { useTails } from "../console/consoles.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { Lock, Screen } from "../icons/icons.tsx";
import { Outcome } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { texts } from "../texts.ts";
import { Loading } from "./Loading.tsx";
import { Suspended } from "./Suspended.tsx";

function haltWords({ status: { halt, state } }: BoxFacts): string {
  if (!halt) return "";
  if (halt.reason === "integrity") {
    const { disk, block } = halt;
    const what =
      disk === undefined
        ? texts.stage.firmwareWrong
        : block === undefined
          ? texts.stage.diskWrong(disk)
          : texts.stage.blockWrong(disk, block);
    return `${what}; ${state === "off" ? texts.stage.nothingStarted : texts.stage.noneDelivered}`;
  }
  return texts.stage.haltReason[halt.reason] ?? texts.stage.haltOther(halt.reason);
}

/** Lines of a console that its maker left open for reading. */
function Slit({ box }: { box: BoxFacts }) {
  const lines = useTails((tails) => tails[`${box.platform}/${box.id}`]);
  if (!lines?.some((line) => line !== "")) return null;
  return (
    <div className="slit">
      <p>{texts.stage.log}</p>
      {lines.slice(-2).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log are told apart by their place
        <div key={index}>{line}</div>
      ))}
    </div>
  );
}

export function ClosedBody({ box, machine }: { box: BoxFacts; machine: MachineFacts }) {
  const { status, starting } = box;
  const refused = status.state === "off" && status.halt !== undefined && !starting;
  const halted = (status.state === "halted" && !starting) || refused;
  const glass = machine.tvmm !== "release";
  return (
    <div className={glass ? "box-body centre glass" : "box-body centre"}>
      <Lock size={32} />
      {halted && (
        <span className="pill">
          <Outcome kind="bad">{refused ? texts.stage.notStarted : texts.stage.halted}</Outcome>
        </span>
      )}
      <strong className="box-product">
        {status.product} {status.version}
      </strong>
      {halted ? (
        <p className="box-note halt-words">{haltWords(box)}</p>
      ) : (
        <p className="box-note">
          {status.primary === undefined ? (
            texts.stage.noIdentity
          ) : (
            <>
              {texts.stage.identity} <Digest value={status.primary} what={texts.stage.identity} />
            </>
          )}
        </p>
      )}
      {(status.state === "off" || starting) &&
        (starting ? (
          <Loading
            loaded={starting.loaded}
            total={starting.total}
            words={texts.stage.starting(starting.phase, starting.loaded, starting.total)}
          />
        ) : (
          !refused && <p className="box-note">{texts.stage.off}</p>
        ))}
      {status.state === "suspended" && <Suspended />}
      {glass && status.state === "on" && <p className="box-note">{texts.stage.glass(machine.tvmm)}</p>}
      {status.state === "on" && !glass && machine.focus.box === box.id && (
        <p className="box-note box-monitor">
          <Screen />
          {texts.stage.hasMonitor(box.platform)}
        </p>
      )}
      {status.console !== "none" && <Slit box={box} />}
    </div>
  );
}
