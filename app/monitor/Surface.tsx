/**
 * A machine's monitor: the focused box's surface, every pixel drawn by TVMM code. While it has the keyboard every key goes to
 * that box alone, as scancodes; only Ctrl Alt Enter does not. The screen's text is offered over the picture, to be selected, and
 * beside it, for screen readers.
 */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { SurfaceSize } from "../../engine/lab/index.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { NewLines } from "./NewLines.tsx";
import { usePointer } from "./pointer.ts";
import { scancodes } from "./scancodes.ts";
import { fitSurface, showSurface, sizeOf, useSurfaces } from "./surfaces.ts";
import { TextLayer } from "./TextLayer.tsx";

/** Gives keyboard and mouse back: to the machine's list of boxes, where 1-9 choose, or to the button that led here. */
function attention(platform: string): void {
  if (document.pointerLockElement) document.exitPointerLock();
  const list = document.querySelector<HTMLElement>(`[data-monitor-list="${platform}"]`);
  (list?.querySelector<HTMLElement>("[aria-pressed=true]") ?? list?.querySelector<HTMLElement>("button"))?.focus();
}

/** One line under the picture, where there is more to say than the strip does. */
function note({ status }: BoxFacts, picture: boolean, captured: boolean): string | null {
  if (status.state === "suspended") return texts.monitor.suspended(status.name);
  if (status.state === "halted") return texts.monitor.halted(status.name);
  if (picture) return captured ? texts.monitor.captured : texts.monitor.mouse;
  return null;
}

export function Surface({ machine, box }: { machine: MachineFacts; box: BoxFacts }) {
  const view = useView();
  const place = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLDivElement>(null);
  const down = useRef(new Set<string>());
  const [typing, setTyping] = useState(false);
  const [size, setSize] = useState<SurfaceSize | null>(null);
  const description = useId();
  const { generation, errors } = useSurfaces();
  const { platform, id, status } = box;
  const error = errors[`${platform}/${id}`];
  const screen = machine.screen?.box === id ? machine.screen : null;
  const picture = screen?.shape.kind === "picture";
  const captured = usePointer(view, platform, keys, picture && status.state === "on");

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation is the reason for a new canvas
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    showSurface(view, platform, id, element);
    const follow = () => {
      const next = sizeOf(element);
      setSize(next);
      fitSurface(view, platform, id, next);
    };
    follow();
    const observer = new ResizeObserver(follow);
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
  const words = note(box, picture, captured);
  return (
    <div className="monitor-picture">
      <div
        ref={keys}
        className={["monitor-surface", picture ? "picture" : "", typing ? "typing" : ""].join(" ")}
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
      >
        <div ref={place} className="monitor-canvas" />
        {screen && size && !picture && (
          <TextLayer text={screen.text} columns={screen.shape.width} rows={screen.shape.height} size={size} />
        )}
      </div>
      {words !== null && (
        <p
          className={["monitor-note", captured ? "passing" : "", words === texts.monitor.mouse ? "mouse" : ""].join(
            " ",
          )}
          role="status"
        >
          {words}
        </p>
      )}
      {error !== undefined && <p className="monitor-error">{error}</p>}
      <section className="visually-hidden" aria-label={texts.monitor.text(platform)} id={description}>
        <p>{machine.focus.strip}</p>
        <pre>{screen?.text ?? ""}</pre>
      </section>
      <NewLines text={screen?.text ?? ""} speak={typing} />
    </div>
  );
}
