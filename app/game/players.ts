/** Which boxes play, and whose colour is whose: a player goes by the name of the box that plays him. */
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";

export interface PlayerBox {
  machine: MachineFacts;
  box: BoxFacts;
}

const plays = ({ status }: BoxFacts) => /^(game-open|trusted-game)/.test(status.image);

export const playersOf = (machines: readonly MachineFacts[]): PlayerBox[] =>
  machines.flatMap((machine) => machine.boxes.filter(plays).map((box) => ({ machine, box })));

/** Is there anything of a game in this lab. */
export const useGame = (): boolean => useFacts(({ machines }) => playersOf(machines).length > 0);

/** Colours of players in maps and curves, in the order of their machines; each machine gives out its boxes' frames by itself. */
const COLOURS = ["blue", "plum", "teal", "brown"] as const;

/** The colour of a player, by his name; a stranger's is the ink's. */
export function useColourOf(): (name: string) => string {
  const players = playersOf(useFacts((facts) => facts.machines));
  return (name) => {
    const index = players.findIndex(({ box }) => box.status.name === name);
    return index < 0 ? "var(--ink2)" : `var(--frame-${COLOURS[index % COLOURS.length]})`;
  };
}
