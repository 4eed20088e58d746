/** The error for content that is not what a descriptor or a root says it is, with what a halted box shows of it. */
import { TerraError } from "../protocol/errors.ts";
import type { Halt } from "../protocol/owner.ts";

export class IntegrityError extends TerraError {
  readonly halt: Halt;

  constructor(sentence: string, where: Omit<Halt, "reason">) {
    super("integrity", sentence);
    this.halt = { reason: "integrity", ...where };
  }
}
