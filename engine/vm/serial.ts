/**
 * One serial line. What the guest sends is gathered and handed on in pieces; what it is to receive waits here until it has
 * read what came before, since neither a UART nor the terminal behind it has room for more. All bytes are data, never
 * anything else.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Emulator, Uart } from "./v86-internals.ts";

/** Output goes out when the guest pauses, when this much has gathered, or when it has waited for this long. */
const FLUSH_BYTES = 8192;
const FLUSH_MS = 4;
/** Given to the UART at a time, and no more before the guest has read it: far less than a terminal's buffers hold. */
const INPUT_CHUNK = 1024;
/** The TVMM's largest message is 64 KiB; a console may be typed ahead as far. */
const INPUT_LIMIT = 1 << 20;

/**
 * Openings and closings of the device that are told within so many milliseconds. A guest can make some hundred thousand a second,
 * each of them a message that somebody has to read; those beyond are told as one.
 */
const MAX_EDGES = 8;
const EDGES_MS = 20;

const MCR_RTS = 2;

export interface SerialEvents {
  onOutput(bytes: Uint8Array<ArrayBuffer>): void;
  /** Opening number `opening` of the device began or ended. */
  onDtr(high: boolean, opening: number): void;
}

export interface SerialLine {
  /** Bytes for the guest, for one opening of the device and no other where one is named. Code "busy" when it has not taken what came before. */
  write(bytes: Uint8Array, opening?: number): void;
  /** To be called after each slice of the processor's time. */
  service(idle: boolean, now: number): void;
  /** Hands on what has gathered, before the machine stops for good. */
  flush(): void;
}

/** COM`line` of this machine. */
export function serialLine(emulator: Emulator, line: 1 | 2 | 3, uart: Uart, events: SerialEvents): SerialLine {
  const bus = `serial${line - 1}`;
  const output = new Uint8Array(FLUSH_BYTES);
  let gathered = 0;
  let since = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dtr = false;
  /** Counts every opening of the device, told or not. */
  let opening = 0;
  /** What was told last of it, how often in this span of time, and did it change since without being told? */
  let told = false;
  let edges = 0;
  let spanBegan = 0;
  let untold = false;
  let everReady = false;

  const flush = () => {
    if (gathered === 0) return;
    events.onOutput(output.slice(0, gathered));
    gathered = 0;
  };
  const discard = () => {
    waiting = [];
    waitingBytes = 0;
    uart.input.length = 0;
  };

  const tell = (high: boolean) => {
    if (high === told) return;
    told = high;
    edges++;
    events.onDtr(high, opening);
  };
  /** What was not told of the device's being closed and opened, however often, is that it is open anew, or closed. */
  const settle = () => {
    if (!untold) return;
    untold = false;
    tell(false);
    tell(dtr);
  };
  const handOn = () => {
    settle();
    flush();
  };

  emulator.add_listener(`${bus}-output-byte`, (byte) => {
    output[gathered++] = byte;
    if (gathered === FLUSH_BYTES) handOn();
  });
  // COM1 is always open: nobody looks at its DTR.
  if (line !== 1) {
    emulator.add_listener(`${bus}-data-terminal-ready-output`, (value) => {
      const high = Boolean(value);
      if (high === dtr) return;
      dtr = high;
      if (high) opening++;
      else discard();
      if (edges < MAX_EDGES) {
        // In the order in which the guest did it.
        flush();
        tell(high);
        return;
      }
      // What was said in an opening that nobody was told of was said to nobody.
      if (untold) gathered = 0;
      else flush();
      untold = true;
    });
  }

  const feed = () => {
    const ready = (uart.modem_control & MCR_RTS) !== 0;
    everReady ||= ready;
    // Once a driver has used "request to send" it means it.
    if (waitingBytes === 0 || uart.input.length > 0 || (everReady && !ready)) return;
    let room = INPUT_CHUNK;
    while (room > 0) {
      const first = waiting[0];
      if (!first) break;
      const piece = first.subarray(0, room);
      if (piece.length === first.length) waiting.shift();
      else waiting[0] = first.subarray(piece.length);
      waitingBytes -= piece.length;
      room -= piece.length;
      for (const byte of piece) emulator.bus.send(`${bus}-input`, byte);
    }
  };

  return {
    write(bytes, meant) {
      // The TVMM may have answered before it heard that whoever asked is gone; the next one must not take it for its own answer.
      if (meant !== undefined && (meant !== opening || !dtr)) return;
      if (waitingBytes + bytes.length > INPUT_LIMIT) {
        throw new TerraError(
          "busy",
          `COM${line} has ${waitingBytes} bytes waiting for its guest; at most ${INPUT_LIMIT}`,
        );
      }
      if (bytes.length === 0) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      feed();
    },
    service(idle, now) {
      feed();
      if (now - spanBegan >= EDGES_MS) {
        spanBegan = now;
        edges = 0;
        settle();
      }
      if (gathered === 0) since = now;
      else if (!untold && (idle || now - since >= FLUSH_MS)) {
        flush();
        since = now;
      }
    },
    flush: handOn,
  };
}
