/**
 * What the steps do with the boxes of lab `owner`: a shell here, a network card there, a search through a memory. All of it
 * through the scripting API, in the roles of the owner and of the people at the shells.
 */
import type { Platform } from "../../lab/index.ts";
import { places } from "../bytes.ts";
import type { StepContext } from "../scenario.ts";

export const PC = "alice/pc";
export const SECOND = "alice/second";
export const HELLO = "alice/hello";
export const MANAGEMENT = "alice/management";
export const BOB = "bob/pc";

/** In one network, all of them: what keeps the boxes apart is not their addresses. */
export const ADDRESSES: Record<string, string> = {
  [PC]: "10.0.0.1",
  [SECOND]: "10.0.0.2",
  [MANAGEMENT]: "10.0.0.3",
  [BOB]: "10.0.0.11",
};

/** Bytes asked for at once when a memory is searched; memories are whole numbers of them. */
const PIECE = 2 ** 20;

export const alice = (context: StepContext): Platform => context.lab.platform("alice");

export function platformOf(context: StepContext, path: string): Platform {
  return context.lab.platform(path.split("/")[0] ?? "");
}

/** What a shell answers. Rejects if the command failed, saying what it said. */
export async function shell(context: StepContext, path: string, command: string): Promise<string> {
  const { exitCode, output } = await context.lab.vm(path).console.run(command, { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`${path}: ${command}: exit code ${exitCode}: ${output.trim()}`);
  return output.trim();
}

/** What a shell answers, and whether the command succeeded. */
export async function attempt(
  context: StepContext,
  path: string,
  command: string,
): Promise<{ ok: boolean; says: string }> {
  const { exitCode, output } = await context.lab.vm(path).console.run(command, { timeoutMs: 60_000 });
  return { ok: exitCode === 0, says: output.trim() };
}

/** The box's network card, by its device id. */
export async function card(context: StepContext, path: string): Promise<string> {
  const { id } = context.lab.vm(path);
  const devices = await platformOf(context, path).management.devices();
  const found = devices.find(({ type, attachedTo }) => type === "nic" && attachedTo === id);
  if (!found) throw new Error(`${path} has no network card`);
  return found.id;
}

/** Gives each of these boxes its address, once. */
export async function addressed(context: StepContext, paths: readonly string[]): Promise<void> {
  const give = async (path: string) => {
    const address = ADDRESSES[path] ?? "";
    const set = `ip addr show eth0 | grep -q ${address} || ip addr add ${address}/24 dev eth0; ip link set eth0 up`;
    await shell(context, path, set);
  };
  await Promise.all(paths.map(give));
}

/** Answers that two echo requests got (RFC 792) within two seconds. What the neighbours' addresses were is forgotten before. */
export async function ping(context: StepContext, from: string, to: string): Promise<number> {
  const address = ADDRESSES[to] ?? "";
  const { says } = await attempt(context, from, `ip neigh flush dev eth0; ping -c 2 -i 0.2 -W 2 ${address}`);
  const received = /(\d+) packets received/.exec(says)?.[1];
  if (received === undefined && !/unreachable/i.test(says)) throw new Error(`${from}: ping said: ${says}`);
  return Number(received ?? 0);
}

/** Frames that the box's card has received since it was started. */
export async function received(context: StepContext, path: string): Promise<number> {
  return Number(await shell(context, path, "cat /sys/class/net/eth0/statistics/rx_packets"));
}

/** Connects two devices if they are not connected yet, or takes them apart if they are. */
export async function connected(context: StepContext, a: string, b: string, should: boolean): Promise<void> {
  const { management } = alice(context);
  const now = (await management.devices()).some(({ id, connectedTo }) => id === a && connectedTo.includes(b));
  if (should && !now) await management.connect(a, b);
  if (!should && now) await management.disconnect(a, b);
}

/** Where these bytes stand in the box's memory: physical addresses. Asked of the TVMM as any owner would, up to the memory's end. */
export async function findInMemory(context: StepContext, path: string, bytes: Uint8Array): Promise<number[]> {
  const { inspect } = platformOf(context, path);
  const { id } = context.lab.vm(path);
  const found: number[] = [];
  // What lies across the border of two pieces is found in the second, with the end of the first before it.
  let before = new Uint8Array(0);
  for (let at = 0; ; at += PIECE) {
    const piece = await inspect.readMemory(id, at, PIECE).catch((error: unknown) => {
      if (at > 0 && error instanceof Error && error.message.startsWith("bad-argument")) return undefined;
      throw error;
    });
    if (!piece) return found;
    const both = new Uint8Array(before.length + piece.length);
    both.set(before);
    both.set(piece, before.length);
    found.push(...places(both, bytes).map((place) => at - before.length + place));
    before = piece.slice(piece.length - bytes.length + 1);
  }
}

/** Makes a random value in the box's shell, which keeps it in a variable; it is written nowhere else. */
export async function makeSecret(context: StepContext, path: string): Promise<string> {
  return shell(context, path, "read -r secret < /proc/sys/kernel/random/uuid; echo $secret");
}

/** A refusal's words, or undefined if it was not refused. */
export async function refusal(act: Promise<unknown>): Promise<string | undefined> {
  return act.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** Does the box answer: an open one at its shell, a closed one to a challenge. */
export async function alive(context: StepContext, path: string): Promise<boolean> {
  const vm = context.lab.vm(path);
  const { kind, state } = await vm.status();
  if (state !== "on") return false;
  if (kind === "open") return (await shell(context, path, "echo alive-$((40 + 2))")) === "alive-42";
  const nonce = context.terra.nonce();
  return (await context.terra.appraise(await vm.evidence(nonce), nonce)).accepted;
}

/** Which of the boxes answer. */
export async function whoIsAlive(context: StepContext, paths: readonly string[]): Promise<string[]> {
  const answers = [];
  for (const path of paths) if (await alive(context, path)) answers.push(path);
  return answers;
}
