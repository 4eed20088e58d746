/** Lens "Verifier": the remote party, outside every machine. Checks on the left; verdict, question, policy on the right. */
import { useFacts } from "../facts/store.ts";
import { Command } from "../parts/Command.tsx";
import { texts } from "../texts.ts";
import { Ask, SaveEvidence } from "./Ask.tsx";
import { CheckTable } from "./CheckTable.tsx";
import { COMMANDS } from "./evidence-files.ts";
import { Policy } from "./Policy.tsx";
import { Verdict } from "./Verdict.tsx";

export function VerifierTools() {
  return <SaveEvidence />;
}

/** The verifier's checks done outside the page, with the files of the saved evidence. */
export function OutsideCommands() {
  const appraisal = useFacts((facts) => facts.appraisal);
  if (!appraisal) return null;
  return (
    <div className="outside">
      <h3 className="heading">{texts.verifier.confirm}</h3>
      {COMMANDS.map(({ line, output }) => (
        <Command key={line} line={line} output={output === "" ? undefined : output} whole />
      ))}
    </div>
  );
}

export function VerifierLens() {
  return (
    <div className="verifier-lens">
      <div className="verifier-checks">
        <CheckTable />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer */}
      <section className="verifier-side" tabIndex={0} aria-label={texts.verifier.title}>
        <Verdict />
        <Ask />
        <Policy />
        <OutsideCommands />
      </section>
    </div>
  );
}
