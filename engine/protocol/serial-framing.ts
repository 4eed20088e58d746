/**
 * The framing of COM2 and COM3 at the TVMM's end, and its limits; what the requests mean is others' business. What comes in was
 * written by a guest and is hostile: whatever it is, this machine answers with at most one ERR and goes on. It never keeps more
 * than two requests' worth of bytes, and never sends an answer to anybody but the opening of the device (DTR high) that asked, as far
 * as this end has heard; the vm worker, which knows, drops what is for an opening that has ended (vm.ts).
 *
 *   guest -> TVMM   VERB LENGTH\n BODY          answered by OK LENGTH\n BODY | ERR LENGTH\n TEXT
 *   TVMM -> guest   WORD LENGTH\n BODY          where the device has such words; answered by OK or ERR in the same way
 *
 * A request is abandoned when DTR drops or nothing comes for 5 s. After an ERR, input is discarded until DTR rises again.
 */

/** Longest body of a request or an answer, bytes. */
export const MAX_BODY = 65536;
/** The longest header that can be right is `VERB 65536\n` with a verb of 16 characters. */
const MAX_HEADER = 23;
export const IDLE_MS = 5000;
/** What came while a request was being answered; a guest that waits for its answer sends nothing. */
const MAX_HELD = MAX_HEADER + MAX_BODY;

export interface SerialLine {
  /** Bytes into the guest's serial port. */
  send(bytes: Uint8Array): void;
  /** A whole request. Answered once, by `answer`; an answer that comes too late is dropped. */
  request(verb: string, body: Uint8Array<ArrayBuffer>, answer: Answer): void;
  /** The guest's OK or ERR to what `say` sent. Without this, OK and ERR are verbs like any others. */
  reply?(accepted: boolean, body: Uint8Array<ArrayBuffer>): void;
  /** What the guest sent could not be framed, or a request was abandoned half-way: for the record. */
  refused(reason: string): void;
  /** Calls back once after `ms`, unless the returned function was called before. */
  after(ms: number, callback: () => void): () => void;
}

export type Answer = (outcome: "OK" | "ERR", body: Uint8Array) => void;

export interface SerialFraming {
  receive(bytes: Uint8Array): void;
  /** Did this begin or end an opening of the device? */
  dtr(high: boolean): boolean;
  /** Sends a word of the TVMM's own. False if the guest does not listen: DTR is low, or it was sent an ERR. */
  say(word: string, body: Uint8Array): boolean;
  /** The box is gone: no callback will come. */
  stop(): void;
}

type State =
  /** DTR is low. */
  | { name: "closed" }
  | { name: "header"; seen: number[] }
  | { name: "body"; verb: string; body: Uint8Array<ArrayBuffer>; filled: number }
  | { name: "answering"; held: Uint8Array[]; heldLength: number }
  /** After ERR, until DTR rises again. */
  | { name: "discarding" };

const NEWLINE = 10;
const encoder = new TextEncoder();

export function serialFraming(line: SerialLine): SerialFraming {
  let state: State = { name: "closed" };
  let opening = 0;
  let cancelIdle: (() => void) | undefined;

  function frame(word: string, body: Uint8Array): void {
    const header = encoder.encode(`${word} ${body.length}\n`);
    const bytes = new Uint8Array(header.length + body.length);
    bytes.set(header);
    bytes.set(body, header.length);
    line.send(bytes);
  }

  function refuse(reason: string): void {
    enter({ name: "discarding" });
    frame("ERR", encoder.encode(`${reason}\n`));
    line.refused(reason);
  }

  /** The only place where the state changes: a half-received request is the only state with a clock running. */
  function enter(next: State): void {
    cancelIdle?.();
    cancelIdle = undefined;
    state = next;
    if (next.name !== "body" && !(next.name === "header" && next.seen.length > 0)) return;
    cancelIdle = line.after(IDLE_MS, () => {
      cancelIdle = undefined;
      const came = next.name === "body" ? `${next.filled} of ${next.body.length} bytes` : "half a header";
      refuse(`malformed: ${came} came, then nothing for ${IDLE_MS / 1000} s; the request is abandoned`);
    });
  }

  function dispatch(verb: string, body: Uint8Array<ArrayBuffer>): void {
    if (line.reply && (verb === "OK" || verb === "ERR")) {
      enter({ name: "header", seen: [] });
      line.reply(verb === "OK", body);
      return;
    }
    enter({ name: "answering", held: [], heldLength: 0 });
    const asked = opening;
    let answered = false;
    line.request(verb, body, (outcome, answer) => {
      if (answered || asked !== opening || state.name !== "answering") return;
      answered = true;
      if (answer.length > MAX_BODY) {
        refuse(`internal: the answer has ${answer.length} bytes; at most ${MAX_BODY} can be sent`);
      } else if (outcome === "ERR") {
        enter({ name: "discarding" });
        frame("ERR", answer);
      } else {
        const held = state.held;
        enter({ name: "header", seen: [] });
        frame("OK", answer);
        for (const bytes of held) receive(bytes);
      }
    });
  }

  function header(bytes: Uint8Array, seen: number[]): Uint8Array {
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0;
      if (byte !== NEWLINE) {
        seen.push(byte);
        if (seen.length < MAX_HEADER) continue;
        refuse(`malformed: a request begins with "VERB LENGTH" and a newline within ${MAX_HEADER} bytes`);
        return bytes.subarray(at);
      }
      const match = /^([A-Z][A-Z-]{0,15}) (0|[1-9][0-9]{0,4})$/.exec(String.fromCharCode(...seen));
      const [, verb, digits] = match ?? [];
      const length = Number(digits);
      if (verb === undefined || digits === undefined) {
        refuse(
          `malformed: a request begins with "VERB LENGTH" and a newline, LENGTH a decimal number up to ${MAX_BODY}`,
        );
      } else if (length > MAX_BODY) {
        refuse(`malformed: LENGTH is ${length}; at most ${MAX_BODY} bytes are taken`);
      } else if (length === 0) dispatch(verb, new Uint8Array(0));
      else enter({ name: "body", verb, body: new Uint8Array(length), filled: 0 });
      return bytes.subarray(at);
    }
    enter({ name: "header", seen });
    return bytes.subarray(at);
  }

  function receive(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      switch (state.name) {
        case "closed":
        case "discarding":
          return;
        case "header":
          rest = header(rest, state.seen);
          break;
        case "body": {
          const taken = rest.subarray(0, state.body.length - state.filled);
          state.body.set(taken, state.filled);
          const filled = state.filled + taken.length;
          rest = rest.subarray(taken.length);
          if (filled === state.body.length) dispatch(state.verb, state.body);
          else enter({ ...state, filled });
          break;
        }
        case "answering": {
          const heldLength = state.heldLength + rest.length;
          if (heldLength > MAX_HELD) {
            refuse("malformed: more came than one further request while the first was being answered");
          } else {
            state.held.push(rest.slice());
            state.heldLength = heldLength;
          }
          return;
        }
      }
    }
  }

  return {
    receive,
    dtr(high) {
      if (high === (state.name !== "closed")) return false;
      opening++;
      enter(high ? { name: "header", seen: [] } : { name: "closed" });
      return true;
    },
    say(word, body) {
      if (state.name === "closed" || state.name === "discarding") return false;
      frame(word, body);
      return true;
    },
    stop() {
      opening++;
      enter({ name: "closed" });
    },
  };
}
