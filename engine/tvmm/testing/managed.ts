/** Machines with a management box, for tests of what it asks; and the media of an open and a closed image in them. */
import type { Bench, BenchOptions } from "./bench.ts";
import { managedBench } from "./com3.ts";
import { testImage } from "./image.ts";

export const pc = testImage({ kind: "open", console: "open", blocks: 4, memoryMiB: 64 });
export const hello = testImage({ kind: "closed", suspend: false, blocks: 4, memoryMiB: 64 });
/** Its management box is vm1, with dev1 to dev6; and it has two physical cards. Whoever makes it closes it. */
export async function managedMachine(options: BenchOptions = {}) {
  const disk = (bytes: Uint8Array<ArrayBuffer>) => ({ kind: "disk" as const, bytes });
  return managedBench({
    nics: [
      { id: "eth0", wire: "lan" },
      { id: "eth1", wire: "lan" },
    ],
    ...options,
    media: {
      "pc.firmware": disk(pc.firmware),
      "pc.boot": disk(pc.boot),
      "hello.firmware": disk(hello.firmware),
      "hello.boot": disk(hello.boot),
      "blank.disk": disk(new Uint8Array(512)),
      ...options.media,
    },
  });
}

export type ManagedMachine = Awaited<ReturnType<typeof managedMachine>>;

/** What was told, with the caller's name left out. */
export const toldBy = (tb: Bench, caller: string) =>
  tb.events.flatMap((event) => {
    if (event.type !== "message" || event.message.from !== `alice/${caller}`) return [];
    const { to, kind, summary, outcome } = event.message;
    return [{ to, kind, summary, outcome }];
  });
