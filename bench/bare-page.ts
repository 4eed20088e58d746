/**
 * The page around bare v86: fetches an image once, and starts and stops plain workers with it. Times are measured here, from
 * the call to the event, in milliseconds; everything a worker is given was made before the clock starts.
 */
import { composeBoot } from "../engine/vm/compose-boot.ts";
import type { BareInit, BareOutput } from "./bare.ts";
import { loadImages, loadWasm } from "./images.ts";
import { type Listening, listening, promptOf, runAt } from "./listening.ts";

type Image = Pick<BareInit, "memoryMiB" | "commandLine" | "console" | "disk"> & { boot: Uint8Array<ArrayBuffer> };

interface Box {
  worker: Worker;
  output: { 1: Listening; 2: Listening };
}

export interface BareTimes {
  /** First byte on COM1, or the first whole ENDORSE on COM2. */
  sign: number;
  /** The shell's prompt. */
  prompt?: number;
}

let wasm: WebAssembly.Module;
let script: string;
const images = new Map<string, Image>();
let boxes: Box[] = [];

async function load(ids: string[]): Promise<void> {
  const [code, module, loaded] = await Promise.all([
    fetch("bare.js").then((answer) => answer.blob()),
    loadWasm(),
    loadImages(ids),
  ]);
  wasm = module;
  script = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  for (const [id, { stub, kernel, ...image }] of loaded) images.set(id, { ...image, boot: composeBoot(stub, kernel) });
}

function endorsed(text: string): true | undefined {
  const head = /ENDORSE (\d+)\n/.exec(text);
  return head && text.length >= head.index + head[0].length + Number(head[1]) ? true : undefined;
}

/** Starts a box; `until` "prompt" waits for the shell as well. */
async function boot(id: string, until: "sign" | "prompt", jit: BareInit["jit"], timeoutMs: number): Promise<BareTimes> {
  const image = images.get(id);
  if (!image) throw new Error(`the image ${id} was not loaded`);
  const init: BareInit = { ...image, boot: image.boot.slice().buffer, disk: image.disk.slice(), wasm, jit };
  const from = performance.now();
  const worker = new Worker(script, { type: "module" });
  const output = { 1: listening(), 2: listening() };
  boxes.push({ worker, output });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(`bare v86: ${event.message}`));
  });
  worker.onmessage = ({ data }: MessageEvent<BareOutput>) => output[data.line].hear(data.text);
  worker.postMessage(init, [init.boot, init.disk.buffer as ArrayBuffer]);
  const none = `bare v86: no sign of life of ${id}`;
  const spoke = image.console
    ? output[1].until((text) => text.length > 0 || undefined, timeoutMs, none)
    : output[2].until(endorsed, timeoutMs, none);
  await Promise.race([failed, spoke]);
  const sign = performance.now() - from;
  if (until === "sign") return { sign };
  await promptOf(output[1], timeoutMs, `bare v86 with ${id}`);
  return { sign, prompt: performance.now() - from };
}

/** Runs a command at the shell of the box that was started last; its output and how long that took. */
async function run(command: string, timeoutMs: number): Promise<{ ms: number; output: string }> {
  const box = boxes.at(-1);
  if (!box) throw new Error("no box runs");
  return runAt(box.output[1], (text) => box.worker.postMessage(text), command, timeoutMs);
}

function stop(): void {
  for (const { worker } of boxes) worker.terminate();
  boxes = [];
}

export const bare = { load, boot, run, stop };
declare global {
  interface Window {
    bare: typeof bare;
  }
}
window.bare = bare;
