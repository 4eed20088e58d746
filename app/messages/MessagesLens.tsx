/** Lens "Messages": what was said between boxes, TVMMs and the verifier, as a sequence under the machines or as a list. */
import { useMemo } from "react";
import { endName } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Find } from "../icons/icons.tsx";
import { texts } from "../texts.ts";
import { Capture } from "../wire/Capture.tsx";
import { Filters } from "./Filters.tsx";
import { MessageList } from "./MessageList.tsx";
import { filtered, filterKey, NO_FILTER } from "./rows.ts";
import { Sequence } from "./Sequence.tsx";
import { isHeard } from "./sources.ts";
import { useMessagesView } from "./view.ts";

const WORDS = texts.messages.filter;

/** What is shown, in words, and the way to change it. */
function FilterChip() {
  const { kind, end, outcome, text, filtering } = useMessagesView();
  const machines = useFacts((facts) => facts.machines.length);
  const words = [
    kind ?? WORDS.allKinds,
    end === null ? WORDS.allEnds : endName(end, machines, true),
    ...(outcome === null ? [] : [outcome]),
    ...(text.trim() === "" ? [] : [`“${text.trim()}”`]),
  ];
  return (
    <button
      type="button"
      className="chip filter-chip"
      aria-expanded={filtering}
      onClick={() => useMessagesView.setState({ filtering: !filtering })}
    >
      <Find />
      <span>{words.join(", ")}</span>
    </button>
  );
}

/** Where the list is of what was heard on wires, their captures are at hand. */
function Captures() {
  const kind = useMessagesView((view) => view.kind);
  const wires = useFacts((facts) => facts.wires);
  if (kind === null || !isHeard(kind)) return null;
  return wires.map(({ id }) => <Capture key={id} wire={id} />);
}

export function MessagesTools() {
  const form = useMessagesView((view) => view.form);
  return (
    <>
      {(["sequence", "list"] as const).map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={form === each}
          onClick={() => useMessagesView.setState({ form: each })}
        >
          {texts.messages[each]}
        </button>
      ))}
      <Captures />
      {form === "sequence" && <FilterChip />}
    </>
  );
}

function NothingFits() {
  return (
    <div className="empty">
      <p>{texts.messages.emptyFilter}</p>
      <button type="button" className="button" onClick={() => useMessagesView.setState(NO_FILTER)}>
        {WORDS.clear}
      </button>
    </div>
  );
}

export function MessagesLens() {
  const { form, kind, end, outcome, text } = useMessagesView();
  const messages = useFacts((facts) => facts.messages);
  const forgotten = useFacts((facts) => facts.forgotten);
  const filter = useMemo(() => ({ kind, end, outcome, text }), [kind, end, outcome, text]);
  const shown = useMemo(() => filtered(messages, filter), [messages, filter]);
  if (messages.length === 0) {
    return (
      <div className="empty">
        <p>{texts.messages.empty}</p>
        <p>{texts.messages.emptyNext}</p>
      </div>
    );
  }
  const View = form === "sequence" ? Sequence : MessageList;
  return (
    <div className="messages">
      <Filters messages={messages} />
      {shown.length === 0 ? <NothingFits /> : <View key={filterKey(filter)} messages={shown} />}
      {forgotten > 0 && <p className="messages-forgotten">{texts.messages.forgotten(forgotten)}</p>}
    </div>
  );
}
