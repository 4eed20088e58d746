/** The guest's end of COM2, as attestd drives it, in the place of the guest that a stub worker does not have. */
import { generateKeyPair, makeRequest } from "../../attestation/index.ts";
import type { Bench } from "./bench.ts";
import type { StubWorker } from "./stub-worker.ts";

export const ascii = (text: string) => new TextEncoder().encode(text);
export const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Looks again and again: for what a worker was told, which no event announces. */
export async function eventually(predicate: () => boolean): Promise<void> {
  while (!predicate()) await new Promise((resolve) => setImmediate(resolve));
}

export function guest(worker: StubWorker) {
  let at = worker.com2().length;
  worker.emit({ type: "dtr", line: 2, high: true, opening: 1 });
  const send = (text: string, body: Uint8Array = new Uint8Array(0)) =>
    worker.emit({ type: "serial", line: 2, bytes: new Uint8Array([...ascii(text), ...body]) });
  async function frame(): Promise<{ word: string; body: string }> {
    for (;;) {
      const match = /^([A-Z-]+) (\d+)\n/.exec(worker.com2().slice(at));
      const length = Number(match?.[2]);
      const start = at + (match?.[0].length ?? 0);
      if (match?.[1] && worker.com2().length >= start + length) {
        at = start + length;
        return { word: match[1], body: worker.com2().slice(start, at) };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  async function endorse(data: string) {
    const pair = await generateKeyPair();
    const request = await makeRequest(pair, ascii(data));
    send(`ENDORSE ${request.length}\n`, request);
    const { word, body } = await frame();
    return { word, pem: body, key: pair.privateKey };
  }
  return { send, frame, endorse };
}

/** The worker that was started last. */
export function workerOf(tb: Bench): StubWorker {
  const worker = tb.workers.workers.at(-1);
  if (!worker) throw new Error("no worker was started");
  return worker;
}
