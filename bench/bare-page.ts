/**
 * The page around bare v86: fetches an image once, and starts and stops plain workers with it. Times are measured here, from
 * the call to the event, in milliseconds; everything a worker is given was made before the clock starts.
 */
import { composeBoot } from "../engine/vm/compose-boot.ts";
import type { BareInit, BareOutput } from "./bare.ts";
import { within } from "./within.ts";

interface ImageRow {
  id: string;
  kind: "open" | "closed";
  descriptor: { path: string };
  stub: { path: string };
  kernel: { path: string };
  boot: { path: string };
}

type Image = Pick<BareInit, "memoryMiB" | "commandLine" | "console" | "disk"> & { boot: Uint8Array<ArrayBuffer> };

interface Box {
  worker: Worker;
  output: { 1: string; 2: string };
  listeners: Set<() => void>;
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

async function unzipped(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`../images/${path}`, location.href));
  const body = response.body;
  if (!response.ok || !body) throw new Error(`${path}: the server answers ${response.status}`);
  return new Uint8Array(await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

async function load(ids: string[]): Promise<void> {
  const [code, module] = await Promise.all([
    fetch("bare.js").then((answer) => answer.blob()),
    fetch("../measured/v86.wasm").then(async (answer) => WebAssembly.compile(await answer.arrayBuffer())),
  ]);
  wasm = module;
  script = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const manifest = (await (await fetch("../images/manifest.json")).json()) as { images: ImageRow[] };
  for (const id of ids) {
    const row = manifest.images.find((each) => each.id === id);
    if (!row) throw new Error(`the catalogue has no image ${id}`);
    const [text, stub, kernel, disk] = await Promise.all(
      [row.descriptor, row.stub, row.kernel, row.boot].map(({ path }) => unzipped(path)),
    );
    if (!text || !stub || !kernel || !disk) throw new Error(`the image ${id} is not whole`);
    const descriptor = JSON.parse(new TextDecoder().decode(text));
    images.set(id, {
      memoryMiB: descriptor.memoryMiB,
      commandLine: descriptor.commandLine,
      console: descriptor.console !== "none",
      boot: composeBoot(stub, kernel),
      disk: disk.slice(0, descriptor.boot.size),
    });
  }
}

/** Resolves when `look` finds something in what a box has said. */
function heard<T>(box: Box, look: () => T | undefined, timeoutMs: number, what: string): Promise<T> {
  let listener: (() => void) | undefined;
  const found = new Promise<T>((resolve) => {
    listener = () => {
      const value = look();
      if (value !== undefined) resolve(value);
    };
    box.listeners.add(listener);
    listener();
  });
  return within(found, timeoutMs, `bare v86: ${what}`).finally(() => listener && box.listeners.delete(listener));
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
  const box: Box = { worker, output: { 1: "", 2: "" }, listeners: new Set() };
  boxes.push(box);
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(`bare v86: ${event.message}`));
  });
  worker.onmessage = ({ data }: MessageEvent<BareOutput>) => {
    box.output[data.line] += data.text;
    for (const listener of [...box.listeners]) listener();
  };
  worker.postMessage(init, [init.boot, init.disk.buffer as ArrayBuffer]);
  const { output } = box;
  const look = image.console ? () => output[1].length > 0 || undefined : () => endorsed(output[2]);
  await Promise.race([failed, heard(box, look, timeoutMs, `no sign of life of ${id}`)]);
  const sign = performance.now() - from;
  if (until === "sign") return { sign };
  await heard(box, () => output[1].includes("# ") || undefined, timeoutMs, `no prompt of ${id}`);
  return { sign, prompt: performance.now() - from };
}

/** Runs a command at the shell of the box that was started last; its output and how long that took. */
async function run(command: string, timeoutMs: number): Promise<{ ms: number; output: string }> {
  const box = boxes.at(-1);
  if (!box) throw new Error("no box runs");
  const mark = Math.random().toString(36).slice(2);
  const pattern = new RegExp(`begin-${mark}\\r?\\n([^]*?)end-${mark}:0\\r?\\n[^]*# `);
  const from = performance.now();
  box.worker.postMessage(`echo "begin"-${mark}; { ${command}\n}; echo "end"-${mark}:$?\n`);
  const output = await heard(box, () => pattern.exec(box.output[1])?.[1], timeoutMs, `no end of "${command}"`);
  return { ms: performance.now() - from, output };
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
