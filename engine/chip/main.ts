/**
 * The chip realm: one worker per machine, started by the page from a blob: URL so that the page's content policy holds for
 * everything that the chip starts. Its keys are used here and nowhere else; the page can switch power and hand in a
 * certificate, and must never be able to do more.
 */
import { makeRequest } from "../attestation/index.ts";
import { type PortLike, serve } from "../protocol/channel.ts";
import { type ChipEvent, type ChipRequest, parseChipRequest } from "../protocol/chip.ts";
import { TerraError } from "../protocol/errors.ts";
import { createPower } from "./power.ts";
import { type ChipKeys, openChipStore } from "./store.ts";

const opening = openChipStore();
const power = createPower((event) => server.emit(event));
let chip: { platform: string; keys: ChipKeys } | undefined;

/** The chip as it is, once it is some platform's. */
function provisioned(): { platform: string; keys: ChipKeys } {
  if (chip) return chip;
  throw new TerraError("bad-state", "the chip does not know yet which platform's it is; provision it first");
}

async function answer(request: ChipRequest): Promise<unknown> {
  const store = await opening;
  switch (request.op) {
    case "provision": {
      const { platform } = request;
      if (chip && chip.platform !== platform) {
        throw new TerraError("bad-state", `this chip is ${chip.platform}'s and cannot become ${platform}'s`);
      }
      const keys = await store.keys(platform);
      chip = { platform, keys };
      return keys.certificate ? null : { serial: keys.serial, request: await makeRequest(keys.endorsement) };
    }
    case "certify": {
      const { platform } = provisioned();
      chip = { platform, keys: await store.certify(platform, request.certificate) };
      return undefined;
    }
    case "power-on": {
      const { platform, keys } = provisioned();
      return power.on(platform, keys, store.counters(keys.serial), request);
    }
    case "power-off":
      return power.off();
  }
}

const server = serve<ChipRequest, ChipEvent>(self as unknown as PortLike, parseChipRequest, answer);
