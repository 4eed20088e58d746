/** The verifier in the right column: verdict, checks, commands, policy. */
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { Ask, SaveEvidence } from "./Ask.tsx";
import { CheckTable } from "./CheckTable.tsx";
import { Policy } from "./Policy.tsx";
import { Verdict } from "./Verdict.tsx";
import { OutsideCommands } from "./VerifierLens.tsx";

export function VerifierColumn() {
  return (
    <section className="right-verifier" data-beside="verifier" tabIndex={-1} aria-label={texts.lenses.verifier}>
      <div className="right-head">
        <h2 className="heading">{texts.verifier.title}</h2>
        <Spot at="verifier:checks" inline />
        <SaveEvidence />
      </div>
      <Verdict />
      <CheckTable narrow />
      <Ask />
      <Policy />
      <OutsideCommands />
    </section>
  );
}
