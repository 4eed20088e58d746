/**
 * What every VM is made of besides its image: the vm worker's bundle and v86.wasm. Both lie on the flash, where an attacker may
 * change them; their digests are constants of this TVMM, so the TVMM's own digest covers them (design.md, "What is measured").
 * The private copies that were hashed are what is started; the flash is not read for them again.
 */
import { TerraError } from "../protocol/errors.ts";
import { launchMeasured } from "../protocol/launch.ts";
import { type Bytes, digest } from "../storage/index.ts";
import { type Files, type Media, openContainer } from "./media.ts";
import type { LaunchVm } from "./vm-worker.ts";

export interface VmBundle {
  launch: LaunchVm;
  wasm: WebAssembly.Module;
}

/** Expected digests, 64 hex digits. */
export interface VmDigests {
  vm: string;
  wasm: string;
}

const MAX_PART = 2 ** 25;

/** Reads, checks and compiles once. Code "integrity" names the part that is not what this TVMM was built with. */
export async function readVmBundle(flash: Media, expected: VmDigests): Promise<VmBundle> {
  const info = (await flash.list()).find(({ kind }) => kind === "flash");
  if (!info) throw new TerraError("unknown-disk", "this machine has no flash");
  const files = await openContainer(flash, info.id, info.size);
  const code = await measured(files, "vm", expected.vm);
  const wasm = await WebAssembly.compile(await measured(files, "v86.wasm", expected.wasm));
  return { wasm, launch: launcher(code) };
}

async function measured(files: Files, name: string, expected: string): Promise<Bytes> {
  const bytes = await files.read(name, { maxLength: MAX_PART });
  const found = await digest(bytes);
  if (found !== expected) {
    throw new TerraError("integrity", `${name} on the flash has SHA-256 ${found}; this TVMM was built for ${expected}`);
  }
  return bytes;
}

function launcher(code: Bytes): LaunchVm {
  return async (init, transfer, { name, timeoutMs, signal }) => {
    const { worker } = await launchMeasured({ code, init, transfer, name: `vm ${name}`, timeoutMs, signal });
    return {
      terminate: () => worker.terminate(),
      onFailure(listener) {
        worker.addEventListener("error", (event) => {
          // Left alone, an uncaught error travels on to loader, chip and page, and what a closed box's worker says with it.
          event.preventDefault();
          listener((event.message || "an error without a message").slice(0, 200));
        });
        worker.addEventListener("messageerror", () => listener("it sent what cannot be read"));
      },
    };
  };
}
