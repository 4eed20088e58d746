// The table of QuakeWorld's move checksum: 1024 bytes, a constant of the protocol that is written down nowhere but in programs that
// speak it. It is taken out of Debian's mvdsv, where it is found by its digest, so that nobody's code is copied into this tree.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "./apt.mjs";
import { BuildError, discard, sha256, step, temporaryBeside } from "./step.mjs";

const SIZE = 1024;
const DIGEST = "805c36cb0bdf2a76a9b4a488ba02483412b1ce950063934657726108e8a54807";
/** Compilers put tables of this size at such addresses. */
const ALIGNMENT = 16;

/** The table's bytes in a program, or undefined. */
function findMoveTable(program) {
  for (let at = 0; at + SIZE <= program.length; at += ALIGNMENT) {
    const candidate = program.subarray(at, at + SIZE);
    if (sha256(candidate) === DIGEST) return candidate;
  }
  return undefined;
}

/** A folder with `move-table.inc`, the table as C's numbers. `pin`: Debian's package mvdsv, fetched. */
export async function moveTable(cache, pin) {
  return await step(cache, "move checksum's table", { pin: pin.sha256, DIGEST }, (into, report) => {
    report("looking for it in mvdsv");
    const unpacked = temporaryBeside(into);
    unpack(pin.path, unpacked);
    const table = findMoveTable(readFileSync(join(unpacked, "usr/games/mvdsv")));
    discard(unpacked);
    if (!table) throw new BuildError(`mvdsv ${pin.version} has no table with the SHA-256 ${DIGEST}`);
    writeFileSync(join(into, "move-table.inc"), `${[...table].join(",\n")}\n`);
  });
}
