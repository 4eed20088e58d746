/** Programs of a few bytes for image pc, whose shell has no compiler but printf. */

const BASE = 0x08048000;
const HEADERS = 84;
/** A terminal's line holds 4096 characters. */
const PIECE = 1000;

const le16 = (value: number) => [value & 255, (value >> 8) & 255];
const le32 = (value: number) => [...le16(value & 0xffff), ...le16(value >>> 16)];

/** A static i386 program that consists of this code. */
function elf(code: readonly number[]): number[] {
  const size = HEADERS + code.length;
  const ident = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, ...new Array(9).fill(0)];
  const rest = [2, 3]
    .flatMap(le16)
    .concat([1, BASE + HEADERS, 52, 0, 0].flatMap(le32), [52, 32, 1, 0, 0, 0].flatMap(le16));
  return [...ident, ...rest, ...[1, 0, BASE, BASE, size, size, 5, 4096].flatMap(le32), ...code];
}

/** Commands for the shell that make a file of it and mark it executable. */
export function makeProgram(file: string, code: readonly number[]): string[] {
  const octal = elf(code).map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  const commands = [`: > ${file}`];
  while (octal.length > 0) commands.push(`printf '${octal.splice(0, PIECE / 4).join("")}' >> ${file}`);
  return [...commands, `chmod +x ${file}`];
}
