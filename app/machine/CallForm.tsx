/** One call that is about to be made: what it does, the very same call as a command and as a script's line, and the button, in whose place its outcome stands. */
import { useView } from "../page/session.ts";
import { Command } from "../parts/Command.tsx";
import { CallSlot, useCall } from "../parts/call.tsx";
import { texts } from "../texts.ts";
import { carryOut, commandLine, isOurs, type OwnerCall, scriptLine } from "./calls.ts";

/** Give it the call's line as its key: another call has another outcome. */
export function CallForm({ platform, call, words }: { platform: string; call: OwnerCall; words: string }) {
  const view = useView();
  const caller = useCall<string | undefined>(platform);
  const command = commandLine(call);
  const script = scriptLine(platform, call);
  const make = () =>
    void caller.make(async () => {
      const management = view.terra.lab?.platform(platform).management;
      return management ? carryOut(management, call) : undefined;
    });
  return (
    <div className="call-form">
      <p className="call-why">
        {texts.machine.why[call.verb]} {isOurs(call.verb) && <span className="quiet">{texts.machine.ours}</span>}
      </p>
      <CallSlot
        caller={caller}
        label={words}
        strong
        onCall={make}
        done={(made) => (made === undefined ? texts.machine.carriedOut(words) : texts.machine.made(made))}
      />
      <div className="call-lines">
        <h3>{texts.machine.sameCommand}</h3>
        <Command line={command} whole />
        <h3>{texts.machine.sameScript}</h3>
        <Command line={script} whole />
      </div>
    </div>
  );
}
