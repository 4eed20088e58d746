/** The catalogue's part about the game: what is heard on the wire, what a proxy does, who hits. texts.ts hands it on. */
import { count } from "./facts/format.ts";

export const gameTexts = {
  game: {
    screens: "Players’ screens",
    facts: "Three facts of one chain",
    give: (machine: string, box: string) => `Give ${box} ${machine}’s monitor`,
    playAs: (box: string) => `Play as ${box}`,
    takeOver: "The keyboard goes to this box; F2 there hands the player over between bot and person",
    sniffer: "What the sniffer hears",
    heard: (players: number, frames: number) =>
      players === 0
        ? `${count(frames)} frames, nobody’s position in the last three seconds`
        : `${players} ${players === 1 ? "player" : "players"} in ${count(frames)} frames`,
    map: (names: readonly string[]) =>
      names.length === 0 ? "Nobody’s position is known" : `Positions are known of ${names.join(", ")}`,
    nothing: "no position to decode",
    somebody: (number: number) => `player ${number}`,
    proxy: "What the proxy does",
    move: (number: number) => `move ${count(number)}`,
    noMove: "No move has come by on both sides of a proxy yet.",
    before: "from the client",
    after: "to the server, as the proxy sends it",
    same: "to the server: the same bytes",
    changes: (name: string, before: string, after: string) => `${name} ${before} → ${after}`,
    seen: "moves on both sides",
    rewritten: "rewritten",
    rate: "Hit rate",
    from: "by the server’s packets",
    ofLast: (shots: number) => `hits of the last ${shots} shots, in the order of shots`,
    noShots: "Nobody has shot yet.",
    percent: (rate: number) => `${Math.round(rate * 100)} %`,
    rateOf: (name: string, rate: number, shots: number) =>
      `${name} hits ${Math.round(rate * 100)} % of the last shots, ${count(shots)} in all`,
  },
};
