/** What QuakeWorld's clients say to their server in a packet of the game (protocol 28). */
import { hex } from "./decoder.ts";
import { type Messages, news, routine } from "./quake-messages.ts";
import { command, commandText, NO_COMMAND, place, placeText, text, word } from "./quake-values.ts";

/** Three commands: the two before the newest come again, so that a lost packet costs nothing. */
const COMMANDS = ["Oldest command", "Command before", "Newest command"];

export const clientMessages: Messages = new Map([
  [1, routine("nop", () => "")],
  [
    3,
    routine("move", (reader, tell) => {
      reader.u8("Checksum", hex(2));
      reader.u8("Loss", (value) => `${value} %`);
      const newest = COMMANDS.reduce((before, name) => command(reader, name, before), NO_COMMAND);
      tell({ type: "move", command: newest });
      return commandText(newest);
    }),
  ],
  [4, news("stringcmd", (reader) => JSON.stringify(text(reader, "Command")))],
  [5, routine("delta", (reader) => `from ${reader.u8("From")}`)],
  [6, routine("tmove", (reader) => placeText(place(reader, "Place")))],
  [
    7,
    news("upload", (reader) => {
      const size = word(reader, "Size");
      const percent = reader.u8("Percent");
      reader.take("Content", size);
      return `${size} bytes, ${percent} %`;
    }),
  ],
]);
