/**
 * The TVMM's own key, made at each launch, and its endorsement by the loader that measured and started it (paper 4.2). The
 * private half cannot be exported and is used for one thing: certificates of closed boxes' keys.
 */
import {
  generateKeyPair,
  type Issuer,
  makeRequest,
  readCertificate,
  readOnePem,
  readPem,
  toPem,
} from "../attestation/index.ts";
import { connect } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { EndorseRequest, MeasuredStage, StageInit } from "../protocol/launch.ts";
import { digestSync } from "../storage/index.ts";

export interface OwnKey {
  issuer: Issuer;
  /** PEM: TVMM, loader, firmware, chip. */
  chain: string[];
  /** PEM, untrusted: vendors' certificates of the layers below and of this one. */
  vendors: string[];
  /** What was measured from chip to TVMM, now with the certificates. */
  stages: MeasuredStage[];
  /** SHA-256 of the chip's certificate, DER. */
  chipDigest: string;
}

/** Chip, firmware, loader, TVMM. */
const CHAIN_LENGTH = 4;

export async function endorsedKey({ endorse, stages }: Pick<StageInit, "endorse" | "stages">): Promise<OwnKey> {
  const pair = await generateKeyPair();
  const loader = connect<EndorseRequest>(endorse);
  const reply = await loader.call({ op: "endorse", request: await makeRequest(pair) });
  endorse.close();
  const { chain, vendors } = endorsement(reply);
  const [certificate] = chain;
  const chip = chain.at(-1);
  if (chain.length !== CHAIN_LENGTH || certificate === undefined || chip === undefined) {
    throw new TerraError(
      "malformed",
      `the loader's endorsement has ${chain.length} certificates; ${CHAIN_LENGTH} were expected`,
    );
  }
  if (stages.length !== CHAIN_LENGTH) {
    throw new TerraError("malformed", `${stages.length} stages were measured; ${CHAIN_LENGTH} were expected`);
  }
  return {
    issuer: { key: pair.privateKey, certificate },
    chain,
    vendors,
    stages: stages.map((stage, index) => certified(stage, chain[CHAIN_LENGTH - 1 - index] ?? "")),
    chipDigest: digestSync(readOnePem(chip, "the chip's certificate")),
  };
}

/** A stage with its certificate. What the layers below say that they measured must be what they certified. */
function certified(stage: Omit<MeasuredStage, "certificate">, certificate: string): MeasuredStage {
  const { tcbInfo } = readCertificate(certificate, `the ${stage.name}'s certificate`);
  if (tcbInfo?.digest !== stage.digest) {
    throw new TerraError(
      "malformed",
      `the ${stage.name} is said to be ${stage.digest ?? "unmeasured"}; its certificate says ${tcbInfo?.digest ?? "nothing"}`,
    );
  }
  return { ...stage, certificate };
}

function endorsement(raw: unknown): { chain: string[]; vendors: string[] } {
  const { chain, vendors } = (raw ?? {}) as Record<string, unknown>;
  return { chain: certificates(chain, "chain"), vendors: certificates(vendors, "vendors", () => []) };
}

/**
 * In one form of PEM, since they are joined to one text for the guests. `spoilt` decides what becomes of an entry that cannot be
 * read: vendors' certificates lay on the flash, where anybody writes, and a spoilt one counts as none.
 */
function certificates(
  raw: unknown,
  what: string,
  spoilt: (error: unknown) => Uint8Array[] = (error) => {
    throw error;
  },
): string[] {
  if (!Array.isArray(raw)) throw new TerraError("malformed", `the loader's endorsement has no list of ${what}`);
  const read = (each: unknown) => {
    try {
      return readPem(String(each), `the loader's ${what}`);
    } catch (error) {
      return spoilt(error);
    }
  };
  return raw.flatMap(read).map((der) => toPem(der));
}
