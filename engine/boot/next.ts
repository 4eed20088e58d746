/**
 * What firmware and loader do, which is the same one level apart: take the next layer from the flash, extend the register with
 * its digest, get themselves a certificate, start the layer and endorse it. Afterwards they hold no port, and have
 * nothing left to do. They decide nothing: whatever lies on the flash is started, and truthfully measured.
 */
import { generateKeyPair, makeRequest } from "../attestation/index.ts";
import { connect } from "../protocol/channel.ts";
import { fields, list, text } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { Endorsement, EndorseRequest, MeasuredStage, StageInit } from "../protocol/launch.ts";
import { readStage, startStage } from "../protocol/measured-boot.ts";
import type { RegisterRequest } from "../protocol/register.ts";

/** Starts the flash's entry as `stage`. Resolves with the stages above the caller, each endorsed by the one below it. */
export async function startNext(init: StageInit, stage: "loader" | "tvmm", entry: string): Promise<MeasuredStage[]> {
  const { board, stages } = init;
  const [image, keyPair] = await Promise.all([readStage(board.flash, stage, entry), generateKeyPair()]);
  const [endorsement] = await Promise.all([
    ownEndorsement(init.endorse, keyPair),
    extend(board.register, { op: "extend", stage, digest: image.digest, size: image.code.length }),
  ]);
  const [certificate] = endorsement.chain;
  if (certificate === undefined) throw new TerraError("malformed", "the layer below answered without a certificate");
  const lower = { issuer: { key: keyPair.privateKey, certificate }, endorsement };
  return (await startStage({ image, lower, stages, board })).stages;
}

/** This layer's ENDORSE: the certificate of a key that was made at this start and dies with it. */
async function ownEndorsement(port: MessagePort, keyPair: CryptoKeyPair): Promise<Endorsement> {
  const client = connect<EndorseRequest>(port);
  const reply = fields(await client.call({ op: "endorse", request: await makeRequest(keyPair) }), "the endorsement", [
    "chain",
    "vendors",
  ]);
  port.close();
  const pem = (each: unknown, field: string) => text(each, field, 65536);
  return { chain: list(reply.chain, "chain", 8, pem), vendors: list(reply.vendors, "vendors", 64, pem) };
}

/** The register's port is given back without listeners: it goes on to the next layer. */
async function extend(port: MessagePort, request: RegisterRequest): Promise<void> {
  const client = connect<RegisterRequest>(port);
  await client.call(request);
  client.close(new TerraError("bad-state", "the register was handed on"));
}
