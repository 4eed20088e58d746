/**
 * The chip's services for measured code, over one port from power-on to power-off: extending the register; then, for a TVMM,
 * sealing and counting. Everything that seals or counts asks the register for its whole value, so nothing is served before the
 * TVMM was measured. It must never give out a key or the register's value.
 */
import type { BootStage } from "../protocol/measured-boot.ts";
import type { RegisterRequest } from "../protocol/register.ts";
import { toHex } from "../storage/index.ts";
import type { Register } from "./register.ts";
import { seal, unseal } from "./sealing.ts";

/** Secure counters: they only ever go up, and what was told is stored. */
export interface Counters {
  /** 0 if it was never incremented. */
  read(register: string): Promise<number>;
  increment(register: string): Promise<number>;
}

export interface Services {
  register: Register;
  sealing: CryptoKey;
  counters: Counters;
  /** Told of each digest that the register took. */
  extended(stage: BootStage, digest: string, size: number): void;
}

export function answerRegister(services: Services, request: RegisterRequest): unknown {
  const { register, sealing, counters } = services;
  switch (request.op) {
    case "extend":
      register.extend(request.stage, request.digest);
      services.extended(request.stage, request.digest, request.size);
      return undefined;
    case "seal":
      return seal(sealing, register.complete(), request.plaintext);
    case "unseal":
      return unseal(sealing, register.complete(), request.blob);
    case "counter":
      return counters.read(toHex(register.complete()));
    case "increment":
      return counters.increment(toHex(register.complete()));
  }
}
