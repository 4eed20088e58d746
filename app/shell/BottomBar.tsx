/** Tabs of the lenses on the left, the open lens's own tools on the right. */
import { type ReactNode, useRef } from "react";
import { count } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Arrows, Screen, Shield, Terminal, Tree } from "../icons/icons.tsx";
import { chooseLens, type Lens, usePage } from "../page/page.ts";
import { texts } from "../texts.ts";

const icons: Record<Lens, ReactNode> = {
  players: <Screen />,
  monitor: <Screen />,
  console: <Terminal />,
  messages: <Arrows />,
  measurements: <Tree />,
  verifier: <Shield />,
};

function Count() {
  const number = useFacts((facts) => facts.messages.length + facts.forgotten);
  return number > 0 ? <span className="tab-count">{count(number)}</span> : null;
}

export function BottomBar({ lenses, shown, tools }: { lenses: readonly Lens[]; shown: Lens; tools: ReactNode }) {
  const list = useRef<HTMLDivElement>(null);
  const closed = usePage((page) => page.detent === "closed");
  const move = (by: number) => {
    const next = lenses[(lenses.indexOf(shown) + by + lenses.length) % lenses.length];
    if (!next) return;
    chooseLens(next);
    list.current?.querySelector<HTMLElement>(`[data-lens="${next}"]`)?.focus();
  };
  return (
    <nav className="bar" aria-label={texts.regions.bar} data-region="bar" tabIndex={-1}>
      <div
        className="tabs"
        role="tablist"
        aria-label={texts.regions.bar}
        ref={list}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(1);
          else if (event.key === "ArrowLeft") move(-1);
          else return;
          event.preventDefault();
        }}
      >
        {lenses.map((lens) => (
          <button
            key={lens}
            type="button"
            role="tab"
            id={`tab-${lens}`}
            className="tab"
            data-lens={lens}
            aria-selected={lens === shown && !closed}
            aria-controls="lens"
            tabIndex={lens === shown ? 0 : -1}
            onClick={() => chooseLens(lens)}
          >
            {icons[lens]}
            <span>{texts.lenses[lens]}</span>
            {lens === "messages" && <Count />}
          </button>
        ))}
      </div>
      <div className="tools">{tools}</div>
    </nav>
  );
}
