/**
 * TLS as openssl speaks it with itself: a server and a client of this computer, each with a chain of five certificates, and between
 * them somebody who writes down what passes. Captures are made of it by hand, since nobody here may listen to real cards.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ALICE, BOB, ethernet, tcp } from "./build.ts";

export interface Said {
  by: "client" | "server";
  bytes: Uint8Array;
}

export interface Certificates {
  folder: string;
  /** PEM. */
  root: string;
  /** PEM, leaf first, without the root. */
  chain: string[];
  remove(): void;
}

const DIGEST = "3fa2c01b".repeat(8);

/** A root and five certificates below it; the leaf is named by a digest. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), "terra-tls-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = (name: string) => [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    `${name}.key`,
  ];
  openssl("req", "-x509", ...key("root"), "-subj", "/CN=Root", "-days", "2", "-out", "root.pem");
  let issuer = "root";
  const names = ["chip", "firmware", "loader", "tvmm", "leaf"];
  for (const name of names) {
    const subject = name === "leaf" ? `/CN=${DIGEST}` : `/O=Maker/CN=The ${name}`;
    openssl("req", "-new", ...key(name), "-subj", subject, "-out", `${name}.csr`);
    writeFileSync(
      path.join(folder, "extensions"),
      `basicConstraints=critical,CA:${name === "leaf" ? "FALSE" : "TRUE"}`,
    );
    const by = ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`, "-CAcreateserial"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-days", "2", "-extfile", "extensions", "-out", `${name}.pem`);
    issuer = name;
  }
  const read = (name: string) => readFileSync(path.join(folder, `${name}.pem`), "utf8");
  writeFileSync(path.join(folder, "upper.pem"), names.slice(0, -1).reverse().map(read).join(""));
  return {
    folder,
    root: read("root"),
    chain: names.toReversed().map(read),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Sockets in the folder: each dialogue has its own. */
let numbered = 0;

/** Resolves when it has said something like that. */
function printed({ stdout, stderr }: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    const look = (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    };
    stdout.on("data", look);
    stderr.on("data", look);
    stdout.on("end", () => reject(new Error(`openssl ended without ${pattern}: ${text.slice(-400)}`)));
  });
}

/**
 * One connection: the client sends a line, the server answers with the line turned round, the client leaves. `options` are for both;
 * without `trusts` the server takes no client's certificate, and refuses.
 */
export async function dialogue(
  { folder }: Certificates,
  options: string[],
  more: { trusts?: boolean; line?: string; server?: string[]; client?: string[] } = {},
): Promise<Said[]> {
  const { trusts = true, line = "balance" } = more;
  numbered += 1;
  const number = numbered;
  const identity = ["-cert", "leaf.pem", "-key", "leaf.key", "-cert_chain", "upper.pem"];
  const verify = ["-CAfile", trusts ? "root.pem" : "leaf.pem", "-verify_return_error"];
  const openssl = (...args: string[]) => spawn("openssl", [...args, ...identity, ...options], { cwd: folder });
  const server = openssl(
    "s_server",
    "-unix",
    `server${number}`,
    "-rev",
    "-Verify",
    "6",
    ...verify,
    ...(more.server ?? []),
  );
  const said: Said[] = [];
  const sockets: Socket[] = [];
  const between = createServer((client) => {
    const onward = connect(path.join(folder, `server${number}`));
    sockets.push(client, onward);
    for (const socket of [client, onward]) socket.on("error", () => undefined);
    client.on("data", (bytes: Buffer) => void said.push({ by: "client", bytes }));
    onward.on("data", (bytes: Buffer) => void said.push({ by: "server", bytes }));
    client.pipe(onward);
    onward.pipe(client);
  });
  let client: ChildProcessWithoutNullStreams | undefined;
  try {
    await printed(server, /ACCEPT/);
    await once(between.listen(path.join(folder, `between${number}`)), "listening");
    const onto = ["-unix", `between${number}`, "-CAfile", "root.pem", "-nocommands"];
    client = openssl("s_client", ...onto, ...(more.client ?? []));
    client.stdin.on("error", () => undefined);
    const over = once(client, "exit");
    if (trusts) {
      const answered = printed(client, new RegExp([...line].reverse().join("")));
      client.stdin.write(`${line}\n`);
      await answered;
      client.stdin.end();
    }
    await over;
    // It is gone; what it sent may still be on its way.
    const [from] = sockets;
    if (from && !from.readableEnded && !from.closed) {
      await new Promise((resolve) => from.once("end", resolve).once("close", resolve));
    }
    // What the server still says when the client has left, it may or may not have had the time for.
    return trusts ? said.slice(0, said.findLastIndex(({ by }) => by === "client") + 1) : said;
  } finally {
    client?.kill();
    server.kill();
    between.close();
    for (const socket of sockets) socket.destroy();
  }
}

export interface Frame {
  by: "client" | "server";
  bytes: Uint8Array;
}

const PORTS = { client: 40000, server: 443 };
const ENDS = { client: ALICE, server: BOB };
const FLAG = { fin: 1, syn: 2, ack: 16 };

/** The dialogue as frames on a line, from the first SYN to the last FIN, with a receipt for each segment. */
export function frames(said: readonly Said[], segment = 1448, start = { client: 0xffff_f000, server: 7 }): Frame[] {
  const made: Frame[] = [];
  const next = { client: start.client, server: start.server };
  const other = (by: Said["by"]) => (by === "client" ? "server" : "client");
  const send = (by: Said["by"], flags: number, payload: Uint8Array = new Uint8Array()) => {
    const [own, peer] = [ENDS[by], ENDS[other(by)]];
    const header = {
      from: PORTS[by],
      to: PORTS[other(by)],
      sequence: next[by] >>> 0,
      acknowledgment: next[other(by)] >>> 0,
    };
    const packet = { source: own.ip, destination: peer.ip };
    made.push({ by, bytes: ethernet(0x800, tcp({ ...header, flags }, payload, packet), own.mac, peer.mac) });
    next[by] += payload.length + ((flags & (FLAG.syn | FLAG.fin)) !== 0 ? 1 : 0);
  };
  send("client", FLAG.syn);
  send("server", FLAG.syn | FLAG.ack);
  send("client", FLAG.ack);
  for (const { by, bytes } of said) {
    for (let at = 0; at < bytes.length; at += segment) {
      send(by, FLAG.ack, bytes.subarray(at, at + segment));
      send(other(by), FLAG.ack);
    }
  }
  send("client", FLAG.fin | FLAG.ack);
  send("server", FLAG.fin | FLAG.ack);
  send("client", FLAG.ack);
  return made;
}
