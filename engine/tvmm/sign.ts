/**
 * The person's sign (paper 2.3): a word and a picture in the strip by which the person at this machine knows that the strip is the
 * TVMM's. It is drawn by lot until the person chooses one, and lies outside as a blob that the chip opens for this very TVMM only.
 * It leaves the TVMM on the person's port and towards the workers that draw the strip; it must never reach a guest, nor the owner.
 */
import type { Client } from "../protocol/channel.ts";
import { fields } from "../protocol/checks.ts";
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { RegisterRequest } from "../protocol/register.ts";
import { GLYPH_NAMES, parseSign, type Sign, type SignStatus } from "../protocol/sign.ts";
import type { Media } from "./media.ts";
import { PLACES, sealedPlace } from "./sealed-medium.ts";

/** Of which one is drawn by lot. */
const WORDS =
  `acorn amber anchor apple arrow aspen badger bamboo barley basil beacon birch bramble brook canyon carrot cedar cherry clover
cobalt comet copper coral cricket dahlia dolphin drift ember falcon fennel fern fiddle garnet ginger glacier granite harbor hazel
heron hickory indigo ivory jasmine juniper kestrel lagoon lantern larch lemon lichen linen magnet maple marble meadow mint nettle
nutmeg oak olive onyx orchid otter pebble pepper pine plum poppy quartz quill raven reed saffron sage sandal sparrow spruce sumac
thistle thunder timber topaz tulip turnip velvet violet walnut willow yarrow zephyr`.split(/\s+/);

const DEBUG =
  "the debug TVMM lets the owner look into closed boxes, so it bears no sign; switch the machine on with the release TVMM";

export interface SignKeeper {
  readonly current: Sign | undefined;
  /** Resolves once it is known whether there is one. */
  status(): Promise<SignStatus>;
  /** Rejects with "refused" (debug TVMM), or with what hindered keeping it: the sign is then as it was. */
  choose(sign: Sign): Promise<void>;
}

export interface SignParts {
  chip: Client<RegisterRequest>;
  media: Media;
  debug: boolean;
  /** It is another one now. */
  changed(): void;
}

function byLot(): Sign {
  const [word = 0, glyph = 0] = crypto.getRandomValues(new Uint32Array(2));
  return {
    word: WORDS[word % WORDS.length] ?? "kestrel",
    glyph: GLYPH_NAMES[glyph % GLYPH_NAMES.length] ?? "bird",
  };
}

/** What was sealed: JSON, as it was written here. */
function opened(plaintext: unknown): { sign: Sign; chosen: boolean } {
  try {
    if (!(plaintext instanceof Uint8Array)) throw new Error("no bytes");
    const from = fields(JSON.parse(new TextDecoder().decode(plaintext)), "the sign", ["sign", "chosen"]);
    return { sign: parseSign(from.sign), chosen: from.chosen === true };
  } catch {
    throw new TerraError("sealed", "what was sealed is not a sign");
  }
}

export function signKeeper({ chip, media, debug, changed }: SignParts): SignKeeper {
  const place = sealedPlace(media, PLACES.sign);
  let sign: Sign | undefined;
  let chosen = false;
  let why: string | undefined;

  async function keep(next: Sign, byPerson: boolean): Promise<void> {
    const plaintext = new TextEncoder().encode(JSON.stringify({ sign: next, chosen: byPerson }));
    const blob = await chip.call({ op: "seal", plaintext });
    if (!(blob instanceof Uint8Array)) throw new TerraError("sealed", "the chip has sealed nothing");
    await place.write(blob);
    sign = next;
    chosen = byPerson;
    why = undefined;
    changed();
  }

  async function load(): Promise<void> {
    try {
      const blob = await place.read();
      if (blob) {
        ({ sign, chosen } = opened(await chip.call({ op: "unseal", blob })));
        changed();
      } else if (debug) why = DEBUG;
      else await keep(byLot(), false);
    } catch (thrown) {
      const { code, sentence } = toWireError(thrown);
      why = code === "sealed" ? `the sign stays sealed: ${sentence}` : sentence;
    }
  }

  /** One after the other: what was chosen last is what is kept. */
  let last = load();

  return {
    get current() {
      return sign;
    },
    async status() {
      await last;
      return { sign: sign ?? null, chosen, ...(why === undefined ? {} : { why }) };
    },
    choose(next) {
      if (debug) return Promise.reject(new TerraError("refused", DEBUG));
      const kept = last.then(() => keep(next, true));
      last = kept.catch(() => {});
      return kept;
    },
  };
}
