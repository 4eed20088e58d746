/** The guest's end of COM3, as the tool `tvmm` drives it, and a machine with a management box. */
import { writeConfiguration } from "../../protocol/configuration.ts";
import { buildContainer } from "../../storage/index.ts";
import { type Bench, type BenchOptions, bench } from "./bench.ts";
import { type ImageOptions, type TestImage, testImage } from "./image.ts";
import type { StubWorker } from "./stub-worker.ts";

export const ascii = (text: string) => new TextEncoder().encode(text);

export interface Reply {
  word: string;
  body: Uint8Array;
  text: string;
}

export function com3(worker: StubWorker) {
  const received = () =>
    Buffer.concat(worker.requests.flatMap((each) => (each.op === "serial" && each.line === 3 ? [each.bytes] : [])));
  let at = received().length;
  let opening = 0;

  function dtr(high: boolean): void {
    if (high) opening++;
    worker.emit({ type: "dtr", line: 3, high, opening });
  }
  const send = (bytes: Uint8Array) => worker.emit({ type: "serial", line: 3, bytes });

  async function frame(): Promise<Reply> {
    for (;;) {
      const got = received().subarray(at);
      const match = /^([A-Z-]+) (\d+)\n/.exec(got.toString("latin1"));
      const start = match?.[0].length ?? 0;
      const end = start + Number(match?.[2]);
      if (match?.[1] && got.length >= end) {
        at += end;
        const body = Uint8Array.from(got.subarray(start, end));
        return { word: match[1], body, text: new TextDecoder().decode(body) };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** One request in an opening of its own; the body as lines `key=value`, and raw bytes behind an empty line. */
  async function call(verb: string, values: Record<string, string | number> = {}, raw?: Uint8Array): Promise<Reply> {
    const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
    const body = Buffer.concat([ascii(lines.join("")), ...(raw ? [ascii("\n"), raw] : [])]);
    dtr(true);
    send(Buffer.concat([ascii(`${verb} ${body.length}\n`), body]));
    const reply = await frame();
    dtr(false);
    return reply;
  }

  /** What comes back, or an Error with the text of the ERR. */
  async function ask(verb: string, values: Record<string, string | number> = {}, raw?: Uint8Array): Promise<string> {
    const { word, text } = await call(verb, values, raw);
    if (word !== "OK") throw new Error(text.trimEnd());
    return text;
  }

  return {
    dtr,
    send,
    frame,
    call,
    ask,
    /** Bytes that came and were not read as frames. */
    received: () => received().length - at,
  };
}

export const POLICY_SLOT = {
  type: "disk",
  slot: 1,
  name: "policy",
  required: false,
  classes: ["raw"],
  counter: false,
} as const;

/** What the management box's image is in tests. */
export const managementImage = (options: ImageOptions = {}) =>
  testImage({
    kind: "open",
    console: "open",
    blocks: 4,
    memoryMiB: 32,
    ...options,
    devices: [{ ...POLICY_SLOT, classes: ["raw"] }],
  });

/** Media of a machine whose configuration names a management box, or says what is given. */
export function managedMedia(image: TestImage, configuration?: Uint8Array): NonNullable<BenchOptions["media"]> {
  const written =
    configuration ??
    writeConfiguration({
      format: "terra-configuration-1",
      management: { name: "management", image: "management", policy: "management.policy" },
    });
  return {
    flash: { kind: "flash", bytes: buildContainer([["configuration", written]]) },
    "management.firmware": { kind: "disk", bytes: image.firmware },
    "management.boot": { kind: "disk", bytes: image.boot },
    "management.policy": { kind: "disk", bytes: new Uint8Array(65536) },
  };
}

/** A machine whose management box is on, and that box's end of COM3. */
export async function managedBench(options: BenchOptions = {}) {
  const tb: Bench = await bench({ ...options, media: { ...managedMedia(managementImage()), ...options.media } });
  await tb.until(() => tb.events.some((event) => event.type === "vm" && event.status?.state === "on"));
  const [worker] = tb.workers.workers;
  if (!worker) throw new Error("the management box was not started");
  return { ...tb, worker, com3: com3(worker) };
}
