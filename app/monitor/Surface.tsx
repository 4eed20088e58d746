/**
 * A machine's monitor: the focused box's surface, every pixel drawn by TVMM code. While it has the keyboard every key goes to
 * that box alone, as scancodes; only Ctrl Alt Enter does not. The screen's text is offered beside the picture.
 */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { NewLines } from "./NewLines.tsx";
import { scancodes } from "./scancodes.ts";
import { fitSurface, showSurface, sizeOf, useSurfaces } from "./surfaces.ts";

/** Gives the keyboard back: to the list of boxes, where 1-9 choose. */
function attention(platform: string): void {
  document.querySelector<HTMLElement>(`[data-monitor-list="${platform}"] button`)?.focus();
}

export function Surface({ machine, box }: { machine: MachineFacts; box: BoxFacts }) {
  const view = useView();
  const place = useRef<HTMLDivElement>(null);
  const down = useRef(new Set<string>());
  const [typing, setTyping] = useState(false);
  const description = useId();
  const { generation, errors } = useSurfaces();
  const { platform, id, status } = box;
  const error = errors[`${platform}/${id}`];

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation is the reason for a new canvas
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    showSurface(view, platform, id, element);
    const observer = new ResizeObserver(() => fitSurface(view, platform, id, sizeOf(element)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [view, platform, id, generation]);

  const send = (codes: number[]) => {
    if (codes.length > 0) view.scancodes(platform, codes).catch(() => undefined);
  };
  const release = () => {
    for (const code of down.current) send(scancodes(code, false));
    down.current.clear();
  };
  const onKey = (event: KeyboardEvent<HTMLElement>, isDown: boolean) => {
    event.stopPropagation();
    event.preventDefault();
    if (event.ctrlKey && event.altKey && event.key === "Enter") {
      release();
      attention(platform);
      return;
    }
    if (isDown) down.current.add(event.code);
    else down.current.delete(event.code);
    send(scancodes(event.code, isDown));
  };
  const screen = machine.screen?.box === id ? machine.screen : null;
  return (
    <>
      <div
        ref={place}
        className={typing ? "monitor-surface typing" : "monitor-surface"}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keyboard, as the PC's own monitor does
        tabIndex={0}
        data-keyboard=""
        aria-label={texts.monitor.surface(status.name)}
        aria-describedby={description}
        onFocus={() => setTyping(true)}
        onBlur={() => {
          release();
          setTyping(false);
        }}
        onKeyDown={(event) => onKey(event, true)}
        onKeyUp={(event) => onKey(event, false)}
      />
      {error !== undefined && <p className="monitor-error">{error}</p>}
      <section className="visually-hidden" aria-label={texts.monitor.text(platform)} id={description}>
        <p>{screen?.strip ?? machine.focus.strip}</p>
        <pre>{screen?.text ?? ""}</pre>
      </section>
      <NewLines text={screen?.text ?? ""} speak={typing} />
    </>
  );
}
