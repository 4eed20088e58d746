/**
 * The container: several named files in one medium, for the flash and for an image's firmware medium. Layout: 8 bytes ASCII
 * "TERRAPK1", u32le count; then per entry 56 bytes: name (40 bytes ASCII, zero padded), u32le offset, u32le length, 8 bytes
 * zero; then the entries' bytes as they are, each at a multiple of 512, zero padded to one. It comes from a medium that
 * attackers write: nothing in it may be believed, and the parser must never read outside it.
 */
import { TerraError } from "../protocol/errors.ts";

const MAGIC = "TERRAPK1";
const NAME_LENGTH = 40;
const ENTRY_LENGTH = 56;
const ALIGNMENT = 512;
const MAXIMUM_ENTRIES = 64;

/** Bytes before the table of entries; from them `tableLength` tells how much more to read. */
export const PREFIX_LENGTH = 12;

export interface ContainerEntry {
  name: string;
  /** Bytes from the container's start. */
  offset: number;
  length: number;
}

const NAME = /^[\x21-\x7e]{1,40}$/;
const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const malformed = (sentence: string) => new TerraError("malformed", `no container: ${sentence}`);

/** Puts files one behind another in the order given. Names: 1 to 40 printable ASCII characters, each once. */
export function buildContainer(files: Iterable<readonly [name: string, bytes: Uint8Array]>): Uint8Array<ArrayBuffer> {
  const list = [...files];
  const names = new Set(list.map(([name]) => name));
  const wrong = list.find(([name]) => !NAME.test(name));
  if (wrong) throw new TerraError("bad-argument", `a file's name must be 1 to 40 ASCII characters, not "${wrong[0]}"`);
  if (names.size !== list.length) throw new TerraError("bad-argument", "two files of a container have one name");
  if (list.length > MAXIMUM_ENTRIES) {
    throw new TerraError("bad-argument", `a container holds at most ${MAXIMUM_ENTRIES} files, not ${list.length}`);
  }
  const first = aligned(PREFIX_LENGTH + list.length * ENTRY_LENGTH);
  const size = list.reduce((sum, [, bytes]) => sum + aligned(bytes.length), first);
  const container = new Uint8Array(size);
  const view = new DataView(container.buffer);
  const ascii = (text: string, at: number) => container.set(new TextEncoder().encode(text), at);
  ascii(MAGIC, 0);
  view.setUint32(8, list.length, true);
  let offset = first;
  list.forEach(([name, bytes], index) => {
    const at = PREFIX_LENGTH + index * ENTRY_LENGTH;
    ascii(name, at);
    view.setUint32(at + NAME_LENGTH, offset, true);
    view.setUint32(at + NAME_LENGTH + 4, bytes.length, true);
    container.set(bytes, offset);
    offset += aligned(bytes.length);
  });
  return container;
}

/** Length in bytes of the table of entries behind the first PREFIX_LENGTH bytes. */
export function tableLength(prefix: Uint8Array): number {
  if (prefix.length < PREFIX_LENGTH) throw malformed(`it has ${prefix.length} bytes, fewer than ${PREFIX_LENGTH}`);
  const magic = String.fromCharCode(...prefix.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw malformed(`it begins with ${JSON.stringify(magic)}, not with ${MAGIC}`);
  const count = new DataView(prefix.buffer, prefix.byteOffset).getUint32(8, true);
  if (count > MAXIMUM_ENTRIES) throw malformed(`it names ${count} files; there may be ${MAXIMUM_ENTRIES}`);
  return count * ENTRY_LENGTH;
}

/**
 * The entries of a container of `size` bytes, from its prefix and table (more bytes may follow). Refuses whatever
 * buildContainer would not write, other than holes between entries and bytes in padding.
 */
export function parseDirectory(head: Uint8Array, size: number): ContainerEntry[] {
  const table = tableLength(head);
  if (head.length < PREFIX_LENGTH + table) throw malformed(`its table of ${table / ENTRY_LENGTH} files is cut short`);
  const view = new DataView(head.buffer, head.byteOffset, PREFIX_LENGTH + table);
  const entries: ContainerEntry[] = [];
  for (let at = PREFIX_LENGTH; at < PREFIX_LENGTH + table; at += ENTRY_LENGTH) {
    const raw = String.fromCharCode(...head.subarray(at, at + NAME_LENGTH));
    const name = raw.replace(/\0+$/, "");
    if (!NAME.test(name)) throw malformed(`the name ${JSON.stringify(name)} is not 1 to 40 ASCII characters`);
    if (entries.some((each) => each.name === name)) throw malformed(`it names "${name}" twice`);
    const offset = view.getUint32(at + NAME_LENGTH, true);
    const length = view.getUint32(at + NAME_LENGTH + 4, true);
    if (view.getUint32(at + 48, true) !== 0 || view.getUint32(at + 52, true) !== 0) {
      throw malformed(`the reserved bytes of "${name}" are not zero`);
    }
    if (offset % ALIGNMENT !== 0 || offset < PREFIX_LENGTH + table) {
      throw malformed(`"${name}" lies at byte ${offset}; that is no multiple of ${ALIGNMENT} behind the table`);
    }
    if (offset + length > size) {
      throw malformed(`"${name}" ends at byte ${offset + length} of ${size}`);
    }
    const other = entries.find((each) => offset < each.offset + each.length && each.offset < offset + length);
    if (other) throw malformed(`"${name}" and "${other.name}" overlap`);
    entries.push({ name, offset, length });
  }
  return entries;
}

/** The entries of a whole container. */
export function containerEntries(container: Uint8Array): ContainerEntry[] {
  return parseDirectory(container, container.length);
}

/** The entry of that name; an error that lists what there is instead. */
export function findEntry(entries: readonly ContainerEntry[], name: string): ContainerEntry {
  const entry = entries.find((each) => each.name === name);
  if (entry) return entry;
  const there = entries.map((each) => each.name).join(", ") || "nothing";
  throw new TerraError("bad-argument", `there is no "${name}" here; here are: ${there}`);
}
