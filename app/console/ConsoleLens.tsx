/** Lens "Console": the serial console of a box whose maker left one open. Every key typed here goes to that box. */
import { useEffect, useRef, useState } from "react";
import { pickBox, useFactsNow } from "../facts/current.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { Terminal } from "../icons/icons.tsx";
import { NewLines } from "../monitor/NewLines.tsx";
import { usePage } from "../page/page.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { consoleOf, useConsoles, useTails } from "./consoles.ts";

const hasConsole = (box: BoxFacts) => box.status.console !== "none";

function useConsoleBox(): BoxFacts | undefined {
  const chosen = usePage((page) => page.box);
  return useFactsNow((facts) => pickBox(facts, chosen, hasConsole));
}

export function ConsoleTools() {
  const box = useConsoleBox();
  const boxes = useFactsNow((facts) => facts.machines.flatMap((machine) => machine.boxes)).filter(hasConsole);
  const several = useFacts((facts) => facts.machines.length > 1);
  // More names than fit beside the tabs become a choice.
  if (boxes.length > (several ? 2 : 3)) {
    return (
      <>
        <span className="quiet tool-note">{texts.console.release}</span>
        <label className="chip select-chip">
          <span className="visually-hidden">{texts.console.choose}</span>
          <select
            data-console-chip=""
            value={box?.path}
            onChange={(event) => usePage.setState({ box: event.currentTarget.value })}
          >
            {boxes.map(({ path, status }) => (
              <option key={path} value={path}>
                {several ? path : status.name}
              </option>
            ))}
          </select>
        </label>
      </>
    );
  }
  return (
    <>
      <span className="quiet tool-note">{texts.console.release}</span>
      {boxes.map(({ path, status }) => (
        <button
          key={path}
          type="button"
          className="chip"
          data-console-chip=""
          aria-pressed={path === box?.path}
          onClick={() => usePage.setState({ box: path })}
        >
          {several ? path : status.name}
        </button>
      ))}
    </>
  );
}

function Screen({ box }: { box: BoxFacts }) {
  const view = useView();
  const place = useRef<HTMLDivElement>(null);
  const [typing, setTyping] = useState(false);
  const key = `${box.platform}/${box.id}`;
  // The line with the cursor is still being written.
  const lines = useTails((tails) => tails[key]?.slice(0, -1).join("\n") ?? "");
  // A console that was forgotten, because its box starts anew, is another one.
  const known = useConsoles(({ keys }) => keys.includes(key));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new console is the reason to show it
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const shown = consoleOf(view, key);
    element.replaceChildren(shown.element);
    if (!shown.opened) {
      shown.opened = true;
      shown.terminal.open(shown.element);
      shown.terminal.attachCustomKeyEventHandler((event) => {
        if (!(event.ctrlKey && event.altKey && event.key === "Enter")) return true;
        document.querySelector<HTMLElement>("[data-console-chip]")?.focus();
        return false;
      });
    }
    shown.terminal.options.disableStdin = box.status.console !== "open";
    shown.fit.fit();
    const observer = new ResizeObserver(() => shown.fit.fit());
    observer.observe(element);
    return () => observer.disconnect();
  }, [view, key, known, box.status.console]);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only learns whether the terminal in it has the focus */}
      <div className="console-place" ref={place} onFocus={() => setTyping(true)} onBlur={() => setTyping(false)} />
      <NewLines text={lines} speak={typing} />
    </>
  );
}

export function ConsoleLens() {
  const box = useConsoleBox();
  const several = useFacts((facts) => facts.machines.length > 1);
  if (!box) {
    return (
      <div className="empty">
        <p>{texts.console.none}</p>
      </div>
    );
  }
  return (
    <div className="console-lens">
      <h2 className="heading console-title">
        <Terminal />
        {texts.console.title(several ? box.path : box.status.name)}
        {box.status.console === "output" && <span className="quiet">{texts.console.outputOnly}</span>}
        {box.status.state === "off" && <span className="quiet">{texts.console.off(box.status.name)}</span>}
      </h2>
      <Screen box={box} />
    </div>
  );
}
