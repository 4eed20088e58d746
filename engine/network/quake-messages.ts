/**
 * Messages in a packet of QuakeWorld's game: one after the other, each a byte that says which it is and what that one has. None says
 * how long it is, so behind one that is not known nothing can be read. What is told of players comes out beside the fields.
 */
import { CutShort, type Reader } from "./decoder.ts";
import type { Place, UserCommand } from "./quake-values.ts";

/** What somebody who listens learns. Players go by the server's numbers. */
export type Heard =
  /** Where a player is; the command is that of the others, a client's own is not sent back to it. */
  | { type: "player"; player: number; place: Place; command?: UserCommand; dead: boolean }
  /** Which player the client is itself. */
  | { type: "self"; player: number; level: string }
  /** How a player describes himself; without a key, whole. */
  | { type: "info"; player: number; key?: string; value: string }
  /** A line from a gun, of the entity that holds it: that of a player is the one after his number. */
  | { type: "beam"; entity: number }
  /** Where a shot ended: in somebody, or in a wall. */
  | { type: "impact"; blood: boolean }
  /** What the client that sends it does. */
  | { type: "move"; command: UserCommand };

export interface Message {
  name: string;
  /** Does it come with every packet, whatever happens? Who reads the list of messages is told of such ones together. */
  routine: boolean;
  /** Returns what it says in few words. */
  read(reader: Reader, tell: (heard: Heard) => void): string;
}

export const routine = (name: string, read: Message["read"]): Message => ({ name, routine: true, read });
export const news = (name: string, read: Message["read"]): Message => ({ name, routine: false, read });

export type Messages = ReadonlyMap<number, Message>;

/** What cannot be read any further, and why. */
export class Unreadable extends Error {}

/** Words for a line, of so many messages. */
const MAX_SAID = 3;

export interface MessagesRead {
  /** "move …, stringcmd …"; of what comes more than once, the number. */
  said: string;
  /** What is wrong with them, or "". */
  remark: string;
  routine: boolean;
  heard: Heard[];
}

export function readMessages(reader: Reader, known: Messages): MessagesRead {
  const heard: Heard[] = [];
  const words: { name: string; rank: number; says: string }[] = [];
  let remark = "";
  try {
    while (reader.left() > 0) {
      const type = reader.frame[reader.at] ?? 0;
      const message = known.get(type);
      if (!message) throw new Unreadable(`message type ${type} is not known; what follows it is not read`);
      const { name } = message;
      reader.group(name, (inner) => {
        inner.u8("Type");
        const before = heard.length;
        const says = message.read(inner, (each) => heard.push(each));
        words.push({ name, rank: message.routine ? (heard.length > before ? 1 : 2) : 0, says });
        return says;
      });
    }
  } catch (thrown) {
    if (thrown instanceof CutShort) remark = "cut short";
    else if (thrown instanceof Unreadable) remark = thrown.message;
    else throw thrown;
  }
  // What is out of the ordinary is said first, then what players do.
  const ordered = words.toSorted((a, b) => a.rank - b.rank);
  const first = ordered.slice(0, MAX_SAID).map(({ name, says }) => `${name} ${says}`.trim());
  const more = ordered.length > MAX_SAID ? ` and ${ordered.length - MAX_SAID} more` : "";
  const ordinary = remark === "" && words.every(({ rank }) => rank > 0);
  return { said: `${first.join(", ")}${more}`, remark, routine: ordinary, heard };
}
