/** The person's sign on a machine: what its strip shows, why there is none, and choosing another. The TVMM judges the word and keeps it. */
import { type FormEvent, type ReactNode, useEffect, useId, useState } from "react";
import { GLYPH_NAMES, GLYPHS, type Glyph, type SignStatus } from "../../engine/lab/index.ts";
import type { MachineFacts } from "../facts/facts.ts";
import { messageOf, splitError } from "../facts/format.ts";
import { useView } from "../page/session.ts";
import { TextField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";

const WORDS = texts.sign;

function GlyphIcon({ glyph }: { glyph: string }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      fill="currentColor"
      fillRule="evenodd"
      aria-hidden="true"
      focusable="false"
    >
      <path d={GLYPHS[glyph as Glyph]} />
    </svg>
  );
}

/** As the TVMM tells it. The strip's words have the sign in them, so a change of theirs is the time to ask again. */
function useSign({ info, power, focus }: MachineFacts): [SignStatus | null, () => void] {
  const view = useView();
  const [status, setStatus] = useState<SignStatus | null>(null);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the strip is told anew when the sign is another
  useEffect(() => {
    let over = false;
    const tell = (next: SignStatus | null) => {
      if (!over) setStatus(next);
    };
    if (power === "on") view.sign(info.id).then(tell, () => tell(null));
    else tell(null);
    return () => {
      over = true;
    };
  }, [view, info.id, power, focus.strip, asked]);
  return [status, () => setAsked((count) => count + 1)];
}

function Choose({ platform, from, done }: { platform: string; from: SignStatus; done(): void }) {
  const view = useView();
  const name = useId();
  const [word, setWord] = useState(from.chosen ? (from.sign?.word ?? "") : "");
  const [glyph, setGlyph] = useState<string>(from.sign?.glyph ?? "bird");
  const [refused, setRefused] = useState<string | null>(null);
  const keep = (event: FormEvent) => {
    event.preventDefault();
    const display = view.terra.lab?.platform(platform).display;
    display
      ?.chooseSign(word.trim(), glyph)
      .then(done, (error: unknown) => setRefused(splitError(messageOf(error)).text));
  };
  return (
    <form className="sign-form" onSubmit={keep} aria-label={WORDS.title}>
      <TextField label={WORDS.word} value={word} onChange={setWord} />
      <fieldset className="sign-glyphs">
        <legend className="field-label">{WORDS.glyph}</legend>
        {GLYPH_NAMES.map((each) => (
          <label key={each} className="sign-glyph" title={each}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              value={each}
              aria-label={each}
              checked={each === glyph}
              onChange={() => setGlyph(each)}
            />
            <GlyphIcon glyph={each} />
          </label>
        ))}
      </fieldset>
      {refused !== null && (
        <p className="sign-refused" role="alert">
          {refused}
        </p>
      )}
      <div className="verbs">
        <button type="submit" className="button strong">
          {WORDS.keep}
        </button>
        <button type="button" className="button quiet-button" onClick={done}>
          {WORDS.cancel}
        </button>
      </div>
    </form>
  );
}

interface Props {
  machine: MachineFacts;
  /** With the sentence that says what it is good for. */
  why?: boolean;
  /** Stands above it, and makes room while one is chosen. */
  children?: ReactNode;
}

export function Sign({ machine, why = false, children }: Props) {
  const [status, again] = useSign(machine);
  const [choosing, setChoosing] = useState(false);
  if (!status) return children;
  if (choosing) {
    const done = () => {
      setChoosing(false);
      again();
    };
    return <Choose platform={machine.info.id} from={status} done={done} />;
  }
  const { sign, chosen } = status;
  return (
    <>
      {children}
      <section className="sign" aria-label={WORDS.title}>
        <p className="sign-line">
          <span className="quiet">{WORDS.title}</span>
          {sign && (
            <strong className="sign-word">
              <GlyphIcon glyph={sign.glyph} />
              {sign.word}
            </strong>
          )}
          {machine.tvmm !== "debug" && (
            <button type="button" className="chip" onClick={() => setChoosing(true)}>
              {sign && chosen ? WORDS.other : WORDS.choose}
            </button>
          )}
        </p>
        {sign ? why && <p>{chosen ? WORDS.chosen : WORDS.lot}</p> : <p>{WORDS.none(status.why ?? "")}</p>}
      </section>
    </>
  );
}
