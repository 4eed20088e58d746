/**
 * When v86 begins to compile a guest's code, and what it puts into one function. Until then it interprets. Guests never notice:
 * this is about time, and about nothing that is measured or promised.
 */
import { type Cpu, JIT_DISABLED, JIT_EXTRA_BLOCKS, JIT_PAGES } from "./v86-internals.ts";

/**
 * Each page of code that is compiled becomes 40 KiB of WebAssembly on which the browser's compilers work for some 60 ms; of what a
 * guest runs while it starts and shakes hands, little is repeated so often that this pays. Interpreted, 120 million instructions take
 * about three seconds, and that is what the compiled pages of a busy guest cost, too: so none costs more than twice what it had to.
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
