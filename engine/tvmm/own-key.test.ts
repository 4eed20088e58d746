/** The TVMM's own key: what the layers below say that they measured is held against what they certified. */
import { expect, it } from "vitest";
import { DIGESTS, makeMachine } from "../attestation/testing/machine.ts";
import { serve } from "../protocol/channel.ts";
import { type EndorseRequest, parseEndorseRequest } from "../protocol/launch.ts";
import { endorsedKey } from "./own-key.ts";

const ZEROS = "00".repeat(32);

it.each([
  ["nothing", {}, undefined],
  [
    "the firmware's digest",
    { firmware: ZEROS },
    /^malformed: the firmware is said to be 0000.*its certificate says f1f1/,
  ],
  ["the loader's digest", { loader: ZEROS }, /^malformed: the loader is said/],
  ["the TVMM's digest", { tvmm: ZEROS }, /^malformed: the tvmm is said/],
] as const)("lower layers that lie about %s", async (_, lies, refusal) => {
  const machine = await makeMachine();
  const { port1, port2 } = new MessageChannel();
  serve<EndorseRequest>(port1, parseEndorseRequest, () => ({ chain: machine.chain.slice(1), vendors: [] }));
  const digests: Record<string, string> = { ...DIGESTS, ...lies };
  const layers = (["firmware", "loader", "tvmm"] as const).map((name) => ({
    name,
    digest: digests[name] ?? "",
    size: 1,
  }));
  const own = endorsedKey({ endorse: port2, stages: [{ name: "chip" }, ...layers] });
  if (refusal) await expect(own).rejects.toThrow(refusal);
  else
    expect((await own).stages.map(({ digest }) => digest)).toEqual([
      undefined,
      DIGESTS.firmware,
      DIGESTS.loader,
      DIGESTS.tvmm,
    ]);
  port1.close();
});

it("takes a spoilt vendor's certificate for none, since anybody writes to the flash", async () => {
  const machine = await makeMachine();
  const { port1, port2 } = new MessageChannel();
  const vendors = ["-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n", machine.chain[0] ?? ""];
  serve<EndorseRequest>(port1, parseEndorseRequest, () => ({ chain: machine.chain.slice(1), vendors }));
  const stages = (["firmware", "loader", "tvmm"] as const).map((name) => ({ name, digest: DIGESTS[name], size: 1 }));
  const own = await endorsedKey({ endorse: port2, stages: [{ name: "chip" }, ...stages] });
  expect(own.vendors).toEqual([machine.chain[0]]);
  port1.close();
});
