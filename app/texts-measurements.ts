/** What the page says in the lens of measurements. Measured is not judged: only what was checked is said to be verified. */
import { count } from "./facts/format.ts";

export const measurementsTexts = {
  empty: "Nothing is measured yet. The chip measures the firmware first.",
  opening: "The tree is read as soon as the lab is open.",
  tree: "hash tree",
  treeLabel: (machine: string) => `Measurements of ${machine}`,
  blocks: (total: number) =>
    total === 1
      ? "1 block of 4 KiB; its digest is the root"
      : `${count(total)} blocks of 4 KiB, one row per hash block`,
  root: "root",
  verified: "verified",
  unchecked: "unchecked",
  failed: "failed",
  measured: "measured, not judged",
  block: (number: number, state: string) => `block ${count(number)}, ${state}`,
  blockName: (number: number) => `block ${count(number)}`,
  hashBlock: (index: number) => `hash block ${count(index)}`,
  leaveBlock: "Back to the whole disk",
  failedBlock: (number: number) => `Block ${count(number)}`,
  foundBefore: (time: string | null) =>
    `found before the start${time === null ? "" : ` at ${time} s`}; the box was not started`,
  readByGuest: (time: string | null) =>
    `asked for by the guest${time === null ? "" : ` at ${time} s`}, never delivered`,
  treeSays: "tree says",
  blockIs: "block is",
  confirm: "Confirm it yourself",
  save: (file: string) => `Save ${file}`,
  noCommand: "The medium says nothing that a command could be made of.",
  map: (disk: string, verified: number, failed: number) =>
    `Blocks of disk ${disk}: ${count(verified)} verified, ${count(failed)} failed`,
  kinds: {
    chip: "chip",
    firmware: "firmware",
    loader: "loader",
    tvmm: "TVMM",
    vm: "box",
    kernel: "kernel",
    "command-line": "command line",
    disk: "disk",
    tree: "hash tree",
    block: "block",
  } as Record<string, string>,
  about: {
    chip: "The digest is that of the chip’s certificate, which its maker signed. The chip’s keys never leave it.",
    firmware: "The chip hashes these bytes and starts exactly them. Nobody here judges them: a verifier does.",
    loader: "The firmware hashes these bytes and starts exactly them. Nobody here judges them: a verifier does.",
    tvmm: "The loader hashes these bytes and starts exactly them. Nobody here judges them: a verifier does.",
    vm: "The digest of the descriptor is the box’s identity. The descriptor names all that stands below it here.",
    kernel: "The TVMM hashes it before each start and compares it with what the descriptor says.",
    "command-line": "It stands in the descriptor, and the stub hands it to the kernel.",
  } as Record<string, string>,
  openBox: "An open box has no identity that it could prove; its parts are checked all the same.",
  size: "Size",
  lies: "Lies on",
  entry: (medium: string, entry: string) => `${medium}, entry ${entry}`,
  text: "Text",
  digest: "SHA-256",
  modes: {
    "ahead-of-time": "checked ahead of time",
    optimistic: "checked at each read",
    none: "not checked",
  } as Record<string, string>,
  fails: "The measurements could not be read:",
};
