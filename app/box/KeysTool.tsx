/** Keys for the box's keyboard without sitting at it. What the person types goes another way: to the box with the monitor. */
import { useState } from "react";
import type { BoxFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";
import { CallSlot, useCall } from "../parts/call.tsx";
import { CheckField, TextField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { inspectOf } from "./inspect.ts";

const WORDS = texts.box.keys;

export function KeysTool({ box }: { box: BoxFacts }) {
  const view = useView();
  const [text, setText] = useState("");
  const [enter, setEnter] = useState(true);
  const sending = useCall<number>(box.platform);
  const send = () =>
    void sending.make(async () => {
      const keys = enter ? `${text}\n` : text;
      await inspectOf(view, box).sendKeys(box.id, keys);
      return keys.length;
    });
  return (
    <section className="tool" aria-label={WORDS.title}>
      <h3 className="heading">{WORDS.title}</h3>
      <form
        className="keys-form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label={WORDS.text} value={text} onChange={setText} mono />
        <CheckField label={WORDS.enter} checked={enter} onChange={setEnter} />
        <CallSlot caller={sending} label={WORDS.send} keep submit onCall={send} done={(keys) => WORDS.sent(keys)} />
      </form>
    </section>
  );
}
