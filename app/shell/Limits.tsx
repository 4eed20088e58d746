/** What the lab's promises rest on, said plainly: the page behind the sentence in the top bar. */
import { useEffect, useRef } from "react";
import { Close } from "../icons/icons.tsx";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";

export function Limits() {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = usePage((page) => page.limits);
  useEffect(() => {
    const element = dialog.current;
    if (shown && element && !element.open) element.showModal();
    if (!shown) element?.close();
  }, [shown]);
  if (!shown) return null;
  return (
    <dialog
      ref={dialog}
      className="limits"
      aria-labelledby="limits-title"
      onClose={() => usePage.setState({ limits: false })}
    >
      <div className="limits-head">
        <h2 id="limits-title">{texts.limits.title}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={texts.limits.close}
          onClick={() => usePage.setState({ limits: false })}
        >
          <Close />
        </button>
      </div>
      <div className="prose">
        {texts.limits.paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <p className="limits-source">{texts.limits.source}</p>
    </dialog>
  );
}
