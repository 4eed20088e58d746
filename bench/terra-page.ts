/**
 * What the bench does inside the real page, through its scripting API: switching boxes on and off and timing what they show.
 * Times are milliseconds from the call of ON to the event as the page hears of it.
 */
import type { Terra, VmConfig } from "../engine/lab/api.ts";
import { makeBox } from "../engine/lab/box.ts";
import { within } from "./within.ts";

export interface BoxTimes {
  /** ON resolved: the image was read and checked, and the first instruction ran. */
  on: number;
  /** First byte on the console; for a box without one, its first ENDORSE. */
  sign: number;
  prompt?: number;
}

const lab = () => {
  const open = (window.terra as Terra).lab;
  if (!open) throw new Error("no lab is open");
  return open;
};
const management = () => lab().platform("alice").management;

/** A lab with one machine, alice, and these boxes on it, off; each has media of its own. */
async function open(
  boxes: { name: string; image: string; checking?: NonNullable<VmConfig["checking"]> }[],
): Promise<void> {
  const images = await window.terra.images();
  // The boxes are made after the lab was opened, so its verifier must be told whom to accept.
  const accept = images
    .filter(({ id, kind }) => kind === "closed" && boxes.some(({ image }) => image === id))
    .map(({ product }) => ({ product }));
  await window.terra.open({ id: "bench", platforms: [{ id: "alice" }], accept });
  for (const { image, ...config } of boxes) {
    const found = images.find(({ id }) => id === image);
    if (!found) throw new Error(`the catalogue has no image ${image}`);
    const media = await lab().platform("alice").insertImage(image);
    const { vendorCertificates } = found;
    const descriptor = async () => found.descriptor;
    await makeBox(management(), { ...config, ...media, vendorCertificates, descriptor });
  }
}

/** Switches a box on and waits for its sign of life, and for its shell's prompt. */
async function boot(name: string, until: "sign" | "prompt", timeoutMs: number): Promise<BoxTimes> {
  const vm = lab().vm(`alice/${name}`);
  const { kind } = await vm.status();
  const since = (await lab().messages()).at(-1)?.sequence ?? 0;
  const from = performance.now();
  const endorse =
    kind === "closed"
      ? lab()
          .waitForMessage({ kind: "endorse", vm: vm.path, since }, timeoutMs)
          .then(() => performance.now() - from)
      : undefined;
  endorse?.catch(() => {});
  await within(management().on(vm.id), timeoutMs, `ON of ${name} was not answered`);
  const on = performance.now() - from;
  if (endorse) return { on, sign: await endorse };
  await vm.console.waitFor(/[\s\S]/, { from: 0, timeoutMs });
  const sign = performance.now() - from;
  if (until === "sign") return { on, sign };
  await vm.console.waitFor("# ", { from: 0, timeoutMs });
  return { on, sign, prompt: performance.now() - from };
}

async function off(timeoutMs: number): Promise<void> {
  for (const { id, state } of await management().vms()) {
    if (state !== "off") await within(management().off(id), timeoutMs, `OFF of ${id} was not answered`);
  }
}

/** A lab from its description; resolves when all its boxes, which must have consoles, are at their prompts. */
async function openWith(description: object, timeoutMs: number): Promise<void> {
  await window.terra.open(description);
  const boxes = lab().vms();
  await Promise.all(boxes.map((path) => lab().vm(path).console.waitFor("# ", { from: 0, timeoutMs })));
}

/** `name`: of a box on alice, or a box's path. */
async function run(name: string, command: string, timeoutMs: number): Promise<{ ms: number; output: string }> {
  const from = performance.now();
  const path = name.includes("/") ? name : `alice/${name}`;
  const { exitCode, output } = await lab().vm(path).console.run(command, { timeoutMs });
  const ms = performance.now() - from;
  if (exitCode !== 0) throw new Error(`"${command}" in ${name} ended with ${exitCode}: ${output}`);
  return { ms, output };
}

/** Blocks of the boot disk that were found good. */
async function blocks(name: string): Promise<{ total: number; verified: number }> {
  const tree = await lab().vm(`alice/${name}`).measurements({ depth: 8 });
  const nodes = [tree];
  for (const node of nodes) {
    if (node.blocks) return { total: node.blocks.total, verified: node.blocks.verified };
    nodes.push(...(node.children ?? []));
  }
  throw new Error(`${name} has no disk in its measurement tree`);
}

/** One challenge: until the verdict; between the messages `challenge` and `evidence`; the verifier alone. */
async function challenge(name: string): Promise<{ total: number; guest: number; verifier: number }> {
  const { terra } = window;
  const nonce = terra.nonce();
  const since = (await lab().messages()).at(-1)?.sequence ?? 0;
  const from = performance.now();
  const evidence = await lab().vm(`alice/${name}`).evidence(nonce);
  const answered = performance.now();
  const { accepted, checks } = await terra.appraise(evidence, nonce);
  const to = performance.now();
  if (!accepted) throw new Error(`the evidence was refused: ${checks.find(({ passed }) => !passed)?.detail}`);
  const [asked] = await lab().messages({ kind: "challenge", since });
  const [told] = await lab().messages({ kind: "evidence", since });
  if (!asked || !told) throw new Error("the messages of this challenge are missing");
  return { total: to - from, guest: told.time - asked.time, verifier: to - answered };
}

/** As many bare ECDSA checks as evidence has signatures: keys read and signatures verified one after the other. */
async function signatures(count: number): Promise<number> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const data = new Uint8Array(800);
  const signature = await crypto.subtle.sign(algorithm, privateKey, data);
  const spki = await crypto.subtle.exportKey("spki", publicKey);
  const from = performance.now();
  for (let each = 0; each < count; each++) {
    const key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
    if (!(await crypto.subtle.verify(algorithm, key, signature, data))) throw new Error("a good signature was refused");
  }
  return performance.now() - from;
}

export const bench = { open, openWith, boot, off, run, blocks, challenge, signatures };
declare global {
  interface Window {
    bench: typeof bench;
  }
}
window.bench = bench;
