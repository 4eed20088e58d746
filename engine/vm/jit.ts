/**
 * When v86 begins to compile a guest's code, and what it puts into one function. Until then it interprets. Guests never notice:
 * this is about time, and about nothing that is measured or promised.
 */
import { type Cpu, JIT_DISABLED, JIT_EXTRA_BLOCKS, JIT_PAGES } from "./v86-internals.ts";

/**
 * A page of code that is compiled becomes 40 KiB of WebAssembly, on which the browser's compilers work for the better part of a tenth
 * of a second of processor time; little of what a guest runs while it starts and shakes hands is repeated often enough to pay for that.
 * Opening lab `banking` up to the first transfer takes 30 s of processor time if code is compiled once a program has said something,
 * 18 s after 60 million instructions, 16 to 18 s after 120 million, 14 s after 300 million, 15 s if never. 120 million are interpreted
 * in three to four seconds, and compiling what a busy guest repeats (50 pages) costs as much: whatever a guest does, waiting for
 * that long costs at most about twice what it had to.
 */
export const JIT_AFTER_INSTRUCTIONS = 120_000_000;

/**
 * The code of one page, and no blocks beside it. v86's own measure (three pages, 250 blocks) makes functions on which the browser's
 * optimising compiler works for seconds each; with a few machines that compiler has all its threads, and the collector of memory
 * waits for them in every thread of the page.
 */
const COMPILED_PAGES = 1;
const COMPILED_EXTRA_BLOCKS = 0;

export function switchOnJit(cpu: Cpu): void {
  cpu.set_jit_config(JIT_PAGES, COMPILED_PAGES);
  cpu.set_jit_config(JIT_EXTRA_BLOCKS, COMPILED_EXTRA_BLOCKS);
  cpu.set_jit_config(JIT_DISABLED, 0);
}
