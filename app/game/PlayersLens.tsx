/**
 * Lens "Players": both players' screens side by side, the line between them with everybody on it, and three facts of one chain: what a
 * sniffer hears, what a proxy rewrites, who hits how often.
 */
import type { ReactNode } from "react";
import { useFacts } from "../facts/store.ts";
import { Screen } from "../icons/icons.tsx";
import { Picture } from "../monitor/MonitorLens.tsx";
import { giveMonitor, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { HitRate } from "./HitRate.tsx";
import { playersOf } from "./players.ts";
import { RadarMap } from "./RadarMap.tsx";
import { Rewriting } from "./Rewriting.tsx";
import { useWatched } from "./watch.ts";

function Fact({ title, note, at, children }: { title: string; note?: string; at: string; children: ReactNode }) {
  return (
    <section className="fact" aria-label={title}>
      <h2 className="heading">
        <Spot at={at} inline />
        {title} {note !== undefined && <span className="quiet">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

/** The players' monitors. A box that has not its machine's monitor is given it at a press. */
export function Screens() {
  const view = useView();
  const players = useFacts((facts) => facts.machines);
  return (
    <section className="screens" aria-label={texts.game.screens} data-region="screens" tabIndex={-1}>
      {playersOf(players).map(({ machine, box }) => (
        <section
          key={box.path}
          className="screen"
          data-player={box.path}
          aria-label={texts.monitor.title(machine.info.id)}
        >
          <Spot at={[box.path, `${machine.info.id}:monitor`]} />
          {machine.focus.box === box.id ? (
            <Picture machine={machine} />
          ) : (
            <div className="monitor-dark">
              <button type="button" className="button" onClick={() => void giveMonitor(view, machine.info.id, box.id)}>
                {texts.game.give(machine.info.id, box.status.name)}
              </button>
            </div>
          )}
        </section>
      ))}
    </section>
  );
}

/** Takes the keyboard to a player's screen, where F2 hands the player over between bot and person. The attention key leads back here. */
export function PlayersTools() {
  const players = playersOf(useFacts((facts) => facts.machines));
  return players.map(({ machine, box }) => (
    <span key={box.path} data-monitor-list={machine.info.id}>
      <button
        type="button"
        className="chip"
        title={texts.game.takeOver}
        onClick={() => document.querySelector<HTMLElement>(`[data-player="${box.path}"] [data-keyboard]`)?.focus()}
      >
        <Screen />
        {texts.game.playAs(box.status.name)}
      </button>
    </span>
  ));
}

export function PlayersLens() {
  const watched = useWatched();
  const { game } = texts;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
    <section className="facts" tabIndex={0} aria-label={game.facts}>
      <Fact title={game.sniffer} note={game.heard(watched.players.length, watched.frames)} at="game:radar">
        <RadarMap watched={watched} />
      </Fact>
      <Fact
        title={game.proxy}
        at="game:proxy"
        {...(watched.rewriting ? { note: game.move(watched.rewriting.after.number) } : {})}
      >
        <Rewriting watched={watched} />
      </Fact>
      <Fact title={game.rate} note={game.from} at="game:rate">
        <HitRate watched={watched} />
      </Fact>
    </section>
  );
}
