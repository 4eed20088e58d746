/**
 * Role: maker of the chips. Which chips of the open lab it has taken back: nothing is kept once the lab is closed, so that a chip
 * which was revoked in one lesson is as good as new in the next.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Machine } from "./machine.ts";
import type { Site } from "./site.ts";

export interface Revocation {
  /** What the lab's own verifier goes by: PEM. None before anything is revoked. */
  readonly lists: readonly string[];
  /** A fresh list. */
  list(): Promise<string>;
  revoke(machine: Pick<Machine, "id" | "chip">): Promise<string>;
}

export function createRevocation({ factory }: Pick<Site, "factory">): Revocation {
  const revoked = new Set<string>();
  let lists: string[] = [];
  const list = async () => (await factory.call({ op: "revocation-list", certificates: [...revoked] })) as string;
  return {
    get lists() {
      return lists;
    },
    list,
    async revoke({ id, chip }) {
      if (chip === undefined) throw new TerraError("bad-state", `${id} was never on; its chip has not said who it is`);
      revoked.add(chip);
      const made = await list();
      lists = [made];
      return made;
    },
  };
}
