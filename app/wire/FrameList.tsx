/** Frames as they come: number, time, from, what, bytes. Only the rows in sight are drawn. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Frame } from "../../engine/lab/api.ts";
import { count, seconds } from "../facts/format.ts";
import { reveal, useRows } from "../parts/virtual.ts";
import { texts } from "../texts.ts";

const ROW = 26;

interface Props {
  frames: readonly Frame[];
  chosen: number | null;
  onChoose(sequence: number): void;
}

const rowId = (frame: Frame) => `frame-${frame.sequence}`;

export function FrameList({ frames, chosen, onChoose }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const rows = useRows(frames.length, ROW, body);
  const at = frames.findIndex(({ sequence }) => sequence === chosen);
  const choose = (index: number) => {
    const bounded = Math.min(frames.length - 1, Math.max(0, index));
    const frame = frames[bounded];
    const element = body.current;
    if (!frame || !element) return;
    onChoose(frame.sequence);
    reveal(element, bounded, ROW);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: frames.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    choose(next);
    event.preventDefault();
  };
  // One that was asked for from elsewhere is brought into sight when it is there.
  const there = at >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: frames that come later move nothing
  useEffect(() => {
    if (there) choose(at);
  }, [chosen, there]);
  const active = frames[at];
  return (
    <div className="frame-list">
      <div className="frame-row frame-head" aria-hidden="true">
        {texts.wire.columns.map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <div
        className="frame-rows"
        ref={body}
        role="listbox"
        aria-label={texts.wire.list}
        tabIndex={0}
        aria-activedescendant={active ? rowId(active) : undefined}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: rows.height }} role="presentation">
          {frames.slice(rows.first, rows.last).map((frame, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
            <div
              key={frame.sequence}
              id={rowId(frame)}
              className={frame.sequence === chosen ? "frame-row chosen" : "frame-row"}
              role="option"
              aria-selected={frame.sequence === chosen}
              style={{ top: (rows.first + index) * ROW }}
              onClick={() => onChoose(frame.sequence)}
            >
              <span className="mono quiet">{count(frame.sequence)}</span>
              <span className="mono quiet">{seconds(frame.time)}</span>
              <span className="frame-from">{frame.from}</span>
              <span className="frame-what" title={frame.layers.join("\n")}>
                {frame.layers.at(-1)}
              </span>
              <span className="mono frame-size">{count(frame.bytes.length)}</span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
