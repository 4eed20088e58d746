/** Which boxes play, and whose colour is whose: a player goes by the name of the box that plays him. */
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

/** The colour of a player's box, by his name; a stranger's is the ink's. */
export function useColourOf(): (name: string) => string {
  const machines = useFacts((facts) => facts.machines);
  return (name) => {
    for (const { boxes } of machines) {
      const index = boxes.findIndex(({ status }) => status.name === name);
      if (index >= 0) return frame(index);
    }
    return "var(--ink2)";
  };
}
