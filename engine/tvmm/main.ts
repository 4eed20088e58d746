/**
 * Entry of the TVMM's bundle, started by the loader that measured it (paper 4.2). It gets a key of its own endorsed, checks
 * the code that every VM is started with, and opens the doors of tvmm.ts. Where one of these fails, the machine has no TVMM:
 * nothing is served half.
 */
import type { StageInit } from "../protocol/launch.ts";
import { mediaOver } from "./media.ts";
import { endorsedKey } from "./own-key.ts";
import { tvmm } from "./tvmm.ts";
import { readVmBundle } from "./vm-bundle.ts";

/** SHA-256 of the vm worker's bundle and of v86.wasm, and whether this is the debug build; the bundler puts them in. */
declare const __VM_DIGEST__: string;
declare const __V86_WASM_DIGEST__: string;
declare const __DEBUG_TVMM__: boolean;

export async function start({ board, endorse, stages }: StageInit): Promise<void> {
  const flash = mediaOver(board.flash);
  const [own, vm] = await Promise.all([
    endorsedKey({ endorse, stages }),
    readVmBundle(flash, { vm: __VM_DIGEST__, wasm: __V86_WASM_DIGEST__ }),
  ]);
  await tvmm({ board, flash, own, ...vm, debug: __DEBUG_TVMM__ });
}
