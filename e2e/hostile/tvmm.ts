/** A hostile TVMM: it boots as any TVMM does, then probes and tries each port of its board for more than it is due. */
import { generateKeyPair, makeRequest } from "../../engine/attestation/index.ts";
import { connect, serve } from "../../engine/protocol/channel.ts";
import type { EndorseRequest, StageInit } from "../../engine/protocol/launch.ts";
import { ask, type Findings, probe } from "./probe.ts";

declare const __SITE__: string;
declare const __FOREIGN__: string;

export async function start(init: StageInit): Promise<void> {
  const keyPair = await generateKeyPair();
  await connect<EndorseRequest>(init.endorse).call({ op: "endorse", request: await makeRequest(keyPair) });
  const server = serve(
    init.board.owner,
    (raw) => raw as { op: string },
    ({ op }) => (op === "boot-log" ? init.stages.map((stage) => ({ ...stage, certificate: "" })) : undefined),
  );
  void findings(init).then((found) =>
    server.emit({
      type: "message",
      message: {
        at: performance.timeOrigin + performance.now(),
        from: "alice/tvmm",
        to: "alice/owner",
        kind: "other",
        summary: JSON.stringify(found),
      },
    } as never),
  );
}

async function findings(init: StageInit): Promise<Findings> {
  const { board, endorse } = init;
  const found = await probe(__SITE__, __FOREIGN__, "tvmm");
  const read = (medium: string) => ({ op: "read", medium, offset: 0, length: 64 });
  const tries: [string, MessagePort, unknown][] = [
    ["a second endorsement", endorse, { op: "endorse", request: await makeRequest(await generateKeyPair()) }],
    ["its own media", board.media, read("sealed")],
    ["another machine's media", board.media, read("../bob/sealed")],
    ["another machine's media by name", board.media, { ...read("sealed"), platform: "bob" }],
    ["the physical realm's calls", board.media, { op: "machine", platform: "bob" }],
    ["the flash for writing", board.flash, { op: "write", medium: "flash", offset: 0, bytes: new Uint8Array(8) }],
    ["one more extension", board.register, { op: "extend", stage: "tvmm", digest: "00".repeat(32), size: 1 }],
    ["the chip's power", board.register, { op: "power-off" }],
    ["the chip's certification", board.register, { op: "certify", certificate: "" }],
    ["the chip's keys by name", board.register, { op: "key" }],
    ["the chip's keys by provisioning", board.register, { op: "provision", platform: "alice" }],
    ["the person's port, from the wrong side", board.person, { op: "focused" }],
  ];
  for (const [name, port, request] of tries) found[name] = await ask(port, request);
  const foreign = await sealedByAnother(board);
  found["a key that another TVMM sealed"] = await ask(board.register, { op: "unseal", blob: foreign });
  const own = await connect(board.register).call({ op: "seal", plaintext: new Uint8Array(32) });
  found["a key that it sealed itself"] = await ask(board.register, { op: "unseal", blob: own });
  return found;
}

/** The blob of the release TVMM lies on the medium; reading it is anybody's right, opening it is not. */
async function sealedByAnother(board: StageInit["board"]): Promise<Uint8Array> {
  const read = async (offset: number, length: number) =>
    (await connect(board.media).call({ op: "read", medium: "sealed", offset, length })) as Uint8Array;
  // "TERRASL1", length, blob: as the TVMM itself frames it.
  const header = await read(0, 12);
  return read(12, new DataView(header.buffer, header.byteOffset).getUint32(8, true));
}
