/** The sheet of the page's keys, and the switch for those that are single characters. */
import { useEffect, useRef } from "react";
import { Close } from "../icons/icons.tsx";
import { switchLetters, useLetters } from "../page/letters.ts";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";

const close = () => usePage.setState({ keys: false });

export function KeySheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = usePage((page) => page.keys);
  const letters = useLetters((state) => state.on);
  useEffect(() => {
    if (shown) dialog.current?.showModal();
  }, [shown]);
  if (!shown) return null;
  return (
    <dialog ref={dialog} className="limits keys" aria-labelledby="keys-title" onClose={close}>
      <div className="limits-head">
        <h2 id="keys-title">{texts.keys.title}</h2>
        <button type="button" className="icon-button" aria-label={texts.keys.close} onClick={close}>
          <Close />
        </button>
      </div>
      <div className="key-groups">
        {texts.keys.groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, words]) => (
                <div key={key}>
                  <dt>
                    <kbd className="key">{key}</kbd>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="key-switch">
        <input type="checkbox" checked={letters} onChange={(event) => switchLetters(event.currentTarget.checked)} />
        <span>{texts.keys.letters}</span>
      </label>
      <p className="quiet">{texts.keys.lettersNote}</p>
      <p className="quiet">{texts.keys.boxNote}</p>
    </dialog>
  );
}
