/** What the verifier accepts, as the remote party edits it: a line with a check box for all that could be believed. */
import { useEffect, useId } from "react";
import { count, shortDigest } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { GROUPS, type Group, isEdited, isOn, type Line, linesOf, toggled, versioned, versionOf } from "./edit.ts";
import { askForList, forgetEdits, loadPolicy, useJudge } from "./judge.ts";

const WORDS = texts.verifier.edit;

/** "16:07" of the reader's clock. */
const clock = (time: number) => new Date(time).toTimeString().slice(0, 5);

function lineWords(line: Line): string {
  switch (line.kind) {
    case "root":
      return (line.layer === undefined ? undefined : texts.verifier.checks[line.layer]) ?? line.name;
    case "product":
      return line.product;
    case "digest":
      return WORDS.digest(shortDigest(line.digest));
    case "disk":
      return WORDS.disk(line.name, shortDigest(line.root));
    case "list":
      return WORDS.list(clock(line.from), count(line.revoked));
  }
}

function Version({ line }: { line: Line & { kind: "product" } }) {
  const edits = useJudge((state) => state.edits);
  return (
    <label className="policy-version">
      {WORDS.from}
      <input
        type="text"
        className="mono"
        value={versionOf(line, edits)}
        placeholder={WORDS.any}
        aria-label={WORDS.version(line.product)}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => useJudge.setState({ edits: versioned(edits, line, event.currentTarget.value) })}
      />
    </label>
  );
}

function Row({ line }: { line: Line }) {
  const edits = useJudge((state) => state.edits);
  const id = useId();
  const on = isOn(line, edits);
  return (
    <li className={line.own ? "policy-line" : "policy-line foreign"}>
      <input
        type="checkbox"
        id={id}
        checked={on}
        onChange={() => useJudge.setState({ edits: toggled(edits, line), error: null })}
      />
      <label htmlFor={id} title={line.kind === "digest" ? line.digest : line.kind === "root" ? line.name : undefined}>
        {lineWords(line)}
        {line.kind === "digest" && !line.own && <span className="quiet"> {WORDS.seen}</span>}
      </label>
      {line.kind === "product" && on && <Version line={line} />}
    </li>
  );
}

function Lines({ group, lines }: { group: Group; lines: readonly Line[] }) {
  const view = useView();
  const shown = lines.filter((line) => line.group === group);
  if (shown.length === 0 && group !== "revocation") return null;
  return (
    <fieldset className={`policy-group ${group}`}>
      <legend>{WORDS.groups[group]}</legend>
      <ul>
        {shown.map((line) => (
          <Row key={line.key} line={line} />
        ))}
      </ul>
      {group === "revocation" && (
        <button type="button" className="chip" onClick={() => void askForList(view)}>
          {shown.length === 0 ? WORDS.askForList : WORDS.askAgain}
        </button>
      )}
    </fieldset>
  );
}

export function Policy() {
  const view = useView();
  const { own, edits } = useJudge();
  const lab = useFacts((facts) => facts.lab);
  const seen = useFacts((facts) => facts.appraisal?.result ?? null);
  useEffect(() => {
    if (lab && view.terra.lab) loadPolicy(view).catch(() => undefined);
  }, [view, lab]);
  if (!own) return null;
  const lines = linesOf(own, seen, edits);
  return (
    <section className="policy" aria-label={texts.verifier.policy}>
      <div className="policy-head">
        <h3 className="heading">{texts.verifier.policy}</h3>
        {isEdited(edits) && (
          <button type="button" className="chip" onClick={forgetEdits}>
            {WORDS.back}
          </button>
        )}
      </div>
      <p className="quiet">{isEdited(edits) ? WORDS.edited : WORDS.own}</p>
      {GROUPS.map((group) => (
        <Lines key={group} group={group} lines={lines} />
      ))}
    </section>
  );
}
