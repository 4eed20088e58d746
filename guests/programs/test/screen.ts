/** What a terminal of 80 x 25 shows after these bytes: the few sequences that our programs send, and no others. */
export function screenOf(bytes: Uint8Array): string[] {
  const cells = Array.from({ length: 25 }, () => Array.from({ length: 80 }, () => " "));
  let row = 0;
  let column = 0;
  const text = Buffer.from(bytes).toString("utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this is about
  for (const [token, parameters, action] of text.matchAll(/\x1b\[([?0-9;]*)([a-zA-Z])|\x1b%G|[^\x1b]|\x1b/gu)) {
    if (action === "H") {
      const [y = 1, x = 1] = (parameters ?? "").split(";").map(Number);
      row = y - 1;
      column = x - 1;
    } else if (action === "J") {
      for (const line of cells) line.fill(" ");
    } else if (action === "m" || action === "l" || token === "\x1b%G") {
      // Colours, modes and the character set change no text.
    } else if (action || token < " ") {
      throw new Error(`not a sequence that our programs send: ${JSON.stringify(token)}`);
    } else {
      const line = cells[row];
      if (!line || column >= 80) throw new Error(`written outside the screen: row ${row}, column ${column}`);
      line[column++] = token;
    }
  }
  return cells.map((line) => line.join(""));
}
