/** The proxy between a server and a client that are sockets here: what it passes on, what it changes, when, and what it says of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { BUILD_TIMEOUT, buildChecked, buildForTest, collect, type Incoming, run, stop } from "./test/programs.ts";

const PORT = 40000 + (process.pid % 10000);
const SEQUENCE = 70000;
const ALONE = [0xff, 0xff, 0xff, 0xff];

let folder: string;
let built: ReturnType<typeof buildForTest>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "terra-aimproxy-"));
  built = buildForTest("aimproxy");
  const sources = ["test/quakeworld.c", "test/chance.c", "parts/quakeworld", "culvert/world.c", "aimproxy/targets.c"];
  buildChecked(join(folder, "quakeworld"), [], ...sources);
}, BUILD_TIMEOUT);
afterAll(() => {
  built.dispose();
  rmSync(folder, { recursive: true });
});

interface End {
  socket: Socket;
  port: number;
  /** What came, oldest first. */
  packets: Buffer[];
  /** Resolves once so many came, with the last of them. */
  got(count: number): Promise<Buffer>;
}

async function end(): Promise<End> {
  const socket = createSocket("udp4");
  const packets: Buffer[] = [];
  socket.on("message", (packet) => packets.push(packet));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const got = async (count: number) => {
    while (packets.length < count) await once(socket, "message");
    return packets[count - 1] ?? Buffer.alloc(0);
  };
  return { socket, port: socket.address().port, packets, got };
}

let server: End;
let client: End;
let proxy: ChildProcess;
let output: Incoming;
beforeEach(async () => {
  [server, client] = [await end(), await end()];
  proxy = spawn(built.path("aimproxy"), [`peer=127.0.0.1:${server.port}`, `port=${PORT}`]);
  if (!proxy.stdout) throw new Error("the proxy has no output");
  output = collect(proxy.stdout);
  await output.until((all) => all.includes("passes on") || undefined);
});
afterEach(async () => {
  await stop(proxy);
  for (const { socket } of [server, client]) socket.close();
});

const said = (line: string) => output.until((all) => all.includes(line) || undefined);

async function command(line: string, answer: string): Promise<void> {
  proxy.stdin?.write(`${line}\n`);
  await said(answer);
}

const fromClient = (bytes: number[]) => client.socket.send(Uint8Array.from(bytes), PORT, "127.0.0.1");

/** The client comes in, so that the proxy knows it; where the server finds it then. */
async function comeIn(): Promise<number> {
  const asked = once(server.socket, "message");
  fromClient([...ALONE, ...Buffer.from("getchallenge\n")]);
  const [packet, { port }] = await asked;
  expect(packet.subarray(4).toString()).toBe("getchallenge\n");
  return port;
}

const short = (value: number) => [value & 0xff, (value >> 8) & 0xff];
const long = (value: number) => [...short(value), ...short(value >> 16)];
const text = (value: string) => [...Buffer.from(`${value}\0`, "latin1")];

/** What the checksum of these moves and the whole message are, and the moves in words. */
async function movesOf(body: number[]): Promise<{ moves: string[]; message: number[] }> {
  const { stdout } = await run(join(folder, "quakeworld"), ["moves", String(SEQUENCE)], Uint8Array.from(body));
  const [, ...rest] = stdout.toString().trimEnd().split("\n");
  return { moves: rest.slice(0, 3), message: [...Buffer.from(rest[3] ?? "", "hex")] };
}

/** Three moments of standing and looking along the first axis, of 40, 40 and 41 ms; who attacks does so in the last. */
async function moves({ attack = false } = {}): Promise<number[]> {
  const body = [0, 0, 40, 0, 40, ...(attack ? [32, 1] : [0]), 41];
  const header = [...long(SEQUENCE), ...long(1), ...short(9)];
  return [...header, ...(await movesOf(body)).message];
}

test("moves that take as long as they say pass unchanged; twice as long, with a checksum that is right", async () => {
  await comeIn();
  const packet = await moves();
  fromClient(packet);
  expect([...(await server.got(2))]).toEqual(packet);
  await command("speed 2", "speed 2.0");
  fromClient(packet);
  const changed = [...(await server.got(3))];
  const { moves: told, message } = await movesOf(changed.slice(12));
  expect(told.map((line) => line.split(" ").at(-1))).toEqual(["40", "40", "82"]);
  expect(changed.slice(10)).toEqual(message);
});

test("packets that are kept back come later and in order, and the server's do not wait for them", async () => {
  const port = await comeIn();
  await command("delay 3000", "delay 3000 ms");
  const words = ["one", "two", "three"];
  const alone = (word: string) => fromClient([...ALONE, ...Buffer.from(`${word} of three`)]);
  alone("one");
  alone("two");
  server.socket.send("an answer that is long enough", port, "127.0.0.1");
  await client.got(1);
  expect(server.packets).toHaveLength(1);
  await command("delay 0", "delay 0 ms");
  alone("three");
  await server.got(4);
  expect(server.packets.slice(1).map((packet) => packet.subarray(4).toString())).toEqual(
    words.map((word) => `${word} of three`),
  );
});

test("whom it aims at it names in letters that a terminal only shows", async () => {
  const port = await comeIn();
  await command("aim on", "aim on");
  await command("show on", "show on");
  const player = (slot: number, east: number) => [42, slot, 0, 0, ...short(east * 8), 0, 0, 0, 0, 0];
  // A letter of the protocol's second set, and what clears a terminal, whose first byte is the protocol's yellow nine.
  const name = [40, 1, ...long(1), ...text("\\name\\\xe2lue\x1b[2J")];
  const payload = [...name, ...player(0, 0), ...player(1, 100)];
  server.socket.send(Uint8Array.from([...long(5), ...long(4), ...payload]), port, "127.0.0.1");
  await client.got(1);
  fromClient(await moves({ attack: true }));
  await server.got(2);
  await said(" at blue");
  expect(output.text()).toMatch(/^aimproxy: move 70000 pitch .* at blue9\[2J$/m);
});
