/**
 * The TVMM's end of COM2, the attestation device of one box: the framing (serial-framing.ts) and whose turn it is to be
 * challenged, and nothing of what the requests mean.
 *
 *   guest -> TVMM   ENDORSE LENGTH\n BODY | GET-ID 0\n                   answered by OK LENGTH\n BODY | ERR LENGTH\n TEXT
 *   TVMM -> guest   CHALLENGE 32\n NONCE                                 answered by OK LENGTH\n BODY | ERR LENGTH\n TEXT
 *
 * An answer does not say which challenge it is to. One that comes after its challenge was given up must not pass for the answer
 * to the next: so in each opening of the device at most one challenge is unanswered, and the next one is held back until the
 * late answer has come and was dropped, or the device was opened anew. An agent owes each challenge an answer or a new opening.
 */
import { type SerialLine, serialFraming } from "./serial-framing.ts";

export interface AttestationLine extends Omit<SerialLine, "reply"> {
  /** The guest's answer to the challenge that `challenge` sent. */
  evidence(accepted: boolean, body: Uint8Array): void;
}

export interface AttestationDevice {
  receive(bytes: Uint8Array): void;
  dtr(high: boolean): void;
  /** Sends the challenge as soon as the guest listens, and again if it closes and opens the device before it answered. */
  challenge(nonce: Uint8Array): void;
  /** The challenge is over; a late answer to it is dropped. */
  endChallenge(): void;
  /** The box is gone: no callback will come. */
  stop(): void;
}

export function attestationDevice(line: AttestationLine): AttestationDevice {
  let challenge: { nonce: Uint8Array; sent: boolean } | undefined;
  /** Was a challenge sent in this opening to which no answer has come, be it over or not? */
  let owing = false;

  const framing = serialFraming({
    ...line,
    reply(accepted, body) {
      if (!owing) return;
      owing = false;
      if (challenge?.sent) {
        challenge = undefined;
        line.evidence(accepted, body);
      } else sendChallenge();
    },
  });

  function sendChallenge(): void {
    if (!challenge || challenge.sent || owing || !framing.say("CHALLENGE", challenge.nonce)) return;
    challenge.sent = true;
    owing = true;
  }

  return {
    receive: framing.receive,
    dtr(high) {
      if (!framing.dtr(high)) return;
      owing = false;
      if (challenge) challenge.sent = false;
      sendChallenge();
    },
    challenge(nonce) {
      challenge = { nonce, sent: false };
      sendChallenge();
    },
    endChallenge() {
      challenge = undefined;
    },
    stop() {
      challenge = undefined;
      framing.stop();
    },
  };
}
