/** Lens "Messages": what was said between boxes, TVMMs and the verifier, as a sequence under the machines or as a list. */

import { count } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { MessageList } from "./MessageList.tsx";
import { filtered, kinds } from "./rows.ts";
import { Sequence } from "./Sequence.tsx";

export function MessagesTools() {
  const form = usePage((page) => page.messageForm);
  const { kind, outcome } = usePage();
  const messages = useFacts((facts) => facts.messages);
  return (
    <>
      {(["sequence", "list"] as const).map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={form === each}
          onClick={() => usePage.setState({ messageForm: each })}
        >
          {texts.messages[each]}
        </button>
      ))}
      <label className="chip select-chip">
        <span className="visually-hidden">{texts.messages.fields.kind}</span>
        <select value={kind ?? ""} onChange={(event) => usePage.setState({ kind: event.currentTarget.value || null })}>
          <option value="">{`${texts.messages.everything} ${count(messages.length)}`}</option>
          {kinds(messages).map(([name, number]) => (
            <option key={name} value={name}>
              {`${name} ${count(number)}`}
            </option>
          ))}
        </select>
      </label>
      <label className="chip select-chip">
        <span className="visually-hidden">{texts.messages.fields.outcome}</span>
        <select
          value={outcome ?? ""}
          onChange={(event) => {
            const { value } = event.currentTarget;
            usePage.setState({ outcome: value === "accepted" || value === "refused" ? value : null });
          }}
        >
          <option value="">{texts.messages.anyOutcome}</option>
          <option value="accepted">{texts.messages.accepted}</option>
          <option value="refused">{texts.messages.refused}</option>
        </select>
      </label>
    </>
  );
}

export function MessagesLens() {
  const page = usePage();
  const { messages, forgotten } = useFacts();
  const shown = filtered(messages, page);
  if (shown.length === 0) {
    return (
      <div className="empty">
        <p>{messages.length === 0 ? texts.messages.empty : texts.messages.emptyFilter}</p>
        {messages.length === 0 && <p>{texts.messages.emptyNext}</p>}
      </div>
    );
  }
  return (
    <div className="messages">
      {page.messageForm === "sequence" ? <Sequence messages={shown} /> : <MessageList messages={shown} />}
      {forgotten > 0 && <p className="messages-forgotten">{texts.messages.forgotten(forgotten)}</p>}
    </div>
  );
}
