/** Which boxes play, and whose colour is whose: a player goes by the name of the box that plays him, and has its frame's colour. */
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { frame } from "../stage/colours.ts";

export interface PlayerBox {
  machine: MachineFacts;
  box: BoxFacts;
}

const plays = ({ status }: BoxFacts) => /^(game-open|trusted-game)/.test(status.image);

export const playersOf = (machines: readonly MachineFacts[]): PlayerBox[] =>
  machines.flatMap((machine) => machine.boxes.filter(plays).map((box) => ({ machine, box })));

/** Is there anything of a game in this lab. */
export const useGame = (): boolean => useFacts(({ machines }) => playersOf(machines).length > 0);

/** The colour of a player in maps and curves, by his name; a stranger's is the ink's. */
export function useColourOf(): (name: string) => string {
  const players = playersOf(useFacts((facts) => facts.machines));
  return (name) => {
    const player = players.find(({ box }) => box.status.name === name);
    return player ? frame(player.box.id) : "var(--ink2)";
  };
}
