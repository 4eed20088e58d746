/**
 * A radar made of nothing but frames: where every player is of whom a server tells any client on the line, whether that client's
 * screen shows him or not. The server leaves out only players in parts of the map that cannot be seen from where the client is.
 * Pure: it knows what it was given, in that order.
 */
import type { Heard } from "./quake-messages.ts";
import { readQuake } from "./quake-observed.ts";
import { info, type Place } from "./quake-values.ts";

export interface Sighting {
  /** As it was given with the frame. */
  time: number;
  /** By the server's numbers. */
  player: number;
  /** What he calls himself; "" as long as nobody said. */
  name: string;
  place: Place;
  /** Where he looks, in degrees: pitch down, yaw to the left; left out where it was not said. */
  looks?: { pitch: number; yaw: number };
  dead: boolean;
  /** Whom the server told it: "10.0.0.2:27001". */
  client: string;
  /** Did the server tell it to the player himself. */
  own: boolean;
}

export interface Radar {
  /** What a frame tells; nothing, for most. */
  push(frame: { time: number; bytes: Uint8Array }): Sighting[];
  /** The last sighting of each player, by his number. */
  readonly players: ReadonlyMap<number, Sighting>;
}

interface Client {
  /** Its own player, by the server's number. */
  self?: number;
  looks?: { pitch: number; yaw: number };
}

/** Clients, and servers, that are remembered; on a wire anybody can pose as many. */
const MAX_KNOWN = 64;

export function quakeRadar(): Radar {
  const clients = new Map<string, Client>();
  /** By server: each player's name. Of what else players tell of themselves nothing is kept. */
  const names = new Map<string, Map<number, string>>();
  const players = new Map<number, Sighting>();

  function remembered<Value>(known: Map<string, Value>, key: string, made: () => Value): Value {
    const value = known.get(key) ?? made();
    known.delete(key);
    known.set(key, value);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    return value;
  }

  const looksOf = ({ pitch, yaw }: { pitch: number; yaw: number }) => ({ pitch, yaw });

  function sighted(heard: Extract<Heard, { type: "player" }>, server: string, client: string, time: number): Sighting {
    const known = clients.get(client);
    const own = heard.command === undefined && known?.self === heard.player;
    const looks = heard.command ? looksOf(heard.command) : own ? known?.looks : undefined;
    const name = names.get(server)?.get(heard.player) ?? "";
    const { player, place, dead } = heard;
    return { time, player, name, place, dead, client, own, ...(looks ? { looks } : {}) };
  }

  return {
    players,
    push({ time, bytes }) {
      const packet = readQuake(bytes);
      if (!packet) return [];
      const { toServer, source, destination } = packet;
      const [server, address] = toServer ? [destination, source] : [source, destination];
      const client = remembered(clients, address, (): Client => ({}));
      const found: Sighting[] = [];
      for (const heard of packet.heard) {
        if (heard.type === "move") client.looks = looksOf(heard.command);
        else if (heard.type === "self") client.self = heard.player;
        else if (heard.type === "info") {
          const named = remembered(names, server, () => new Map<number, string>());
          if (heard.key === undefined) named.set(heard.player, info(heard.value).get("name") ?? "");
          else if (heard.key === "name") named.set(heard.player, heard.value);
        } else if (heard.type === "player") found.push(sighted(heard, server, address, time));
      }
      for (const each of found) players.set(each.player, each);
      return found;
    },
  };
}
