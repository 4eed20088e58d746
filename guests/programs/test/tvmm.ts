/**
 * The other end of COM2, for tests: reads what a guest program sends, one frame after the other, and sends whatever the
 * test wants, well-formed or not. Written from the description of the protocol and sharing no code with the engine,
 * so that a misunderstanding on one side is found on the other.
 */
import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Terminal } from "./programs.ts";

export interface Frame {
  word: string;
  body: Buffer;
}

export interface Line {
  /** The next frame that the guest sends. */
  next(): Promise<Frame>;
  send(word: string, body?: Uint8Array | string): void;
  /** Bytes that are no frame. */
  raw(bytes: Uint8Array | string): void;
  hangUp(): void;
}

export const frame = (word: string, body: Uint8Array | string = ""): Buffer => {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${word} ${bytes.length}\n`), bytes]);
};

export function lineOver(
  write: (bytes: Buffer) => void,
  hangUp: () => void,
): { line: Line; take(bytes: Buffer): void } {
  let pending: Buffer = Buffer.alloc(0);
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  const take = (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    for (;;) {
      const end = pending.indexOf(10);
      if (end < 0) return;
      const head = /^([A-Z-]+) (0|[1-9][0-9]*)$/.exec(pending.subarray(0, end).toString("latin1"));
      if (!head) throw new Error(`the guest sent ${JSON.stringify(pending.toString("latin1").slice(0, 80))}`);
      const length = Number(head[2]);
      if (pending.length < end + 1 + length) return;
      const one = { word: head[1] ?? "", body: Buffer.from(pending.subarray(end + 1, end + 1 + length)) };
      pending = pending.subarray(end + 1 + length);
      const waiter = waiting.shift();
      if (waiter) waiter(one);
      else frames.push(one);
    }
  };
  const line: Line = {
    next: () => {
      const one = frames.shift();
      return one ? Promise.resolve(one) : new Promise((done) => waiting.push(done));
    },
    send: (word, body) => write(frame(word, body)),
    raw: (bytes) => write(Buffer.from(bytes)),
    hangUp,
  };
  return { line, take };
}

export interface SocketDevice {
  path: string;
  /** The next time that a program opens the device. A reset of the line is a close and an open. */
  opened(): Promise<Line>;
  close(): void;
}

/** A device that is a local socket: each opening is a connection of its own. */
export async function socketDevice(path: string): Promise<SocketDevice> {
  const lines: Line[] = [];
  const waiting: ((line: Line) => void)[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the program may be gone before it read everything
    const { line, take } = lineOver(
      (bytes) => void socket.write(bytes),
      () => void socket.end(),
    );
    socket.on("data", take);
    const waiter = waiting.shift();
    if (waiter) waiter(line);
    else lines.push(line);
  });
  await new Promise<void>((done) => server.listen(path, done));
  return {
    path,
    opened: () => {
      const line = lines.shift();
      return line ? Promise.resolve(line) : new Promise((done) => waiting.push(done));
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

/** A device that is a pseudo-terminal: one line for good, since it has no DTR. */
export function terminalDevice(terminal: Terminal): Line {
  const { line, take } = lineOver(
    (bytes) => terminal.type(bytes),
    () => void terminal.close(),
  );
  let taken = 0;
  void terminal.output.until((all) => {
    const fresh = all.subarray(taken);
    taken = all.length;
    take(Buffer.from(fresh));
    return undefined;
  });
  return line;
}
