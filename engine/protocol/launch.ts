/**
 * Lower layer -> upper layer: the measured launch. The lower layer keeps a private copy of the bytes, hashes them, starts a
 * worker of opaque origin from a data: URL and posts exactly those bytes to it with one port bound to their digest. Over that
 * port it answers one ENDORSE and then closes it. Paper, sections 4.2 and 4.3; ../boot holds the code.
 */

/** First message to the worker behind the data: URL. The module made of `code` must export `start(init)`. */
export interface LaunchMessage<Init> {
  code: Uint8Array;
  init: Init;
}

/** Answer of the loader in the data: URL, once, after `start` has returned or thrown. */
export type LaunchOutcome = { launched: true } | { launched: false; message: string };

export interface MeasuredStage {
  name: "chip" | "firmware" | "loader" | "tvmm";
  /** SHA-256 of the very bytes that were started; absent for the chip. */
  digest?: string;
  size?: number;
  /** PEM. */
  certificate: string;
}

/** The ports and facts that are handed from chip to firmware, loader and TVMM; each port has one holder at a time. */
export interface Board {
  platform: string;
  /** Which TVMM build the owner chose: the flash's entry is `tvmm.NAME`. */
  tvmm: string;
  /** The flash: requests of media.ts bound to the medium `flash`, read only. */
  flash: MessagePort;
  /** All other media of this machine: requests of media.ts. */
  media: MessagePort;
  /** The chip's services: requests of register.ts. */
  register: MessagePort;
  /** The owner's port: the TVMM serves owner.ts on it. */
  owner: MessagePort;
  /** The person's port: the TVMM serves person.ts on it. */
  person: MessagePort;
}

/** What every measured stage is started with. */
export interface StageInit {
  board: Board;
  /** One ENDORSE request, one reply, then closed. */
  endorse: MessagePort;
  /** What was measured so far, the stage itself last and still without its certificate. */
  stages: Omit<MeasuredStage, "certificate">[];
}

/** Over the `endorse` port, with the envelopes of channel.ts. */
export interface EndorseRequest {
  op: "endorse";
  /** PKCS#10, DER. */
  request: Uint8Array;
}

export interface Endorsement {
  /** PEM, leaf (the caller's certificate) first, down to the chip's. */
  chain: string[];
  /** Vendors' certificates of this and all lower layers, PEM, untrusted, as they lay on the flash. */
  vendors: string[];
}
