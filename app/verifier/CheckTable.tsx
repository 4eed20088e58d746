/** The nine checks in order; the first failure says why, and nothing after it was reached. */
import { useFacts } from "../facts/store.ts";
import { Outcome, type OutcomeKind } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { type CheckRow, type CheckState, checkRows } from "./checks.ts";
import { useFallen } from "./falling.ts";

const marks: Record<CheckState, OutcomeKind> = { waiting: "open", passed: "ok", failed: "bad", "not reached": "open" };
const words: Record<CheckState, string> = {
  waiting: texts.verifier.waiting,
  passed: texts.verifier.passed,
  failed: texts.verifier.failed,
  "not reached": texts.verifier.notReached,
};

function Row({ row, number, layer, narrow }: { row: CheckRow; number: number; layer: string; narrow: boolean }) {
  const { name, state, detail, value } = row;
  return (
    <tr className={`check ${state.replace(" ", "-")}`}>
      <th scope="row">
        <span className="check-number">{number}</span> {texts.verifier.checks[name]}
        <Spot at={`verifier:${name}`} inline />
      </th>
      {!narrow && (
        <td>
          {value === undefined ? (
            ""
          ) : (
            <>
              {name === "freshness" && `${texts.verifier.nonce} `}
              <Digest value={value} what={texts.verifier.checks[name] ?? name} />
            </>
          )}
        </td>
      )}
      <td className="check-why" title={detail}>
        <div>{state === "waiting" ? <span className="quiet">{texts.verifier.why[name]}</span> : detail || layer}</div>
      </td>
      <td>
        <Outcome kind={marks[state]}>{words[state]}</Outcome>
      </td>
    </tr>
  );
}

export function CheckTable({ narrow = false }: { narrow?: boolean }) {
  const appraisal = useFacts((facts) => facts.appraisal);
  const fallen = useFallen((state) => state.fallen);
  const rows = checkRows(appraisal, fallen);
  const columns = texts.verifier.columns.filter((_, index) => !(narrow && index === 1));
  return (
    <table className={narrow ? "checks narrow" : "checks"}>
      <caption className="visually-hidden">{texts.verifier.title}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const layer = appraisal?.result.layers.find((each) => each.layer === row.name);
          const product = layer?.product ? `${layer.vendor ?? ""} ${layer.product} ${layer.version ?? ""}`.trim() : "";
          return <Row key={row.name} row={row} number={index + 1} layer={product} narrow={narrow} />;
        })}
      </tbody>
    </table>
  );
}
