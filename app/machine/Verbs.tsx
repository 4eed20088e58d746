/** The calls that there are for an object, by the paper's names; one is chosen. */
import { texts } from "../texts.ts";
import { isOurs, type Verb } from "./calls.ts";

export function Verbs<Each extends Verb>({
  verbs,
  chosen,
  onChoose,
}: {
  verbs: readonly Each[];
  chosen: Each;
  onChoose(verb: NoInfer<Each>): void;
}) {
  return (
    <fieldset className="verbs" aria-label={texts.machine.calls}>
      {verbs.map((verb) => (
        <button
          key={verb}
          type="button"
          className="chip verb"
          aria-pressed={verb === chosen}
          title={isOurs(verb) ? texts.machine.ours : undefined}
          onClick={() => onChoose(verb)}
        >
          {isOurs(verb) ? texts.machine.destroy : verb}
        </button>
      ))}
    </fieldset>
  );
}
