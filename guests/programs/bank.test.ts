/** Home banking with attested TLS: the accepted run, and every way round it that programs and a wire allow. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueRevocationList, issueVm, readOnePem } from "../../engine/attestation/index.ts";
import { makeMachine, type TestMachine } from "../../engine/attestation/testing/machine.ts";
import {
  BANK,
  type BankBox,
  CLIENT,
  type ClientBox,
  freePort,
  type Identity,
  type Mallory,
  siteTrust,
  startBank,
  startClient,
  startMallory,
  type Tap,
  tap,
  vendorCertificate,
} from "./test/bank.ts";
import { BUILD_TIMEOUT, buildForTest } from "./test/programs.ts";

const NAME = "Ada Lovelace";
const PIN = "27182818";
const PAYEE = "Charles Babbage";
const AMOUNT = "123.45";

let built: ReturnType<typeof buildForTest>;
let machine: TestMachine;
let trust: string;
let folder: string;
const running: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  built = buildForTest("bank-client", "bank-server", "bank-client-unbound", "bank-server-unbound", "mallory");
  machine = await makeMachine();
  trust = await siteTrust(machine);
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(built.folder, "case-"));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
  rmSync(folder, { recursive: true });
});

interface Choice {
  identity?: Partial<Identity>;
  trust?: string;
  machine?: TestMachine;
  tls?: string;
  config?: string;
  unbound?: boolean;
}

async function bank(port: number, choice: Choice = {}): Promise<BankBox> {
  const program = built.path(choice.unbound ? "bank-server-unbound" : "bank-server");
  const identity = { ...BANK, ...choice.identity };
  const box = await startBank({ folder, program, machine, trust, port, tls: "both", ...choice, identity });
  running.push(box);
  await box.says(`listens on port ${port + (choice.unbound ? 1 : 0)}`);
  return box;
}

async function client(port: number, choice: Choice = {}): Promise<ClientBox> {
  const program = built.path(choice.unbound ? "bank-client-unbound" : "bank-client");
  const identity = { ...CLIENT, ...choice.identity };
  const box = await startClient({ folder, program, machine, trust, port, ...choice, identity });
  running.push(box);
  return box;
}

async function tapped(port: number): Promise<Tap> {
  const wire = await tap(port);
  running.push({ stop: async () => wire.close() });
  return wire;
}

async function mallory(...args: string[]): Promise<Mallory> {
  const attacker = await startMallory(built.path("mallory"), args);
  running.push(attacker);
  return attacker;
}

/** Fills in one line of the dialogue, and presses Enter once it stands there. */
async function fillIn(person: ClientBox, label: string, text: string, shown = text): Promise<void> {
  await person.shows(new RegExp(`${label} +_`));
  person.type(text);
  await person.shows(new RegExp(`${label} +${shown}_`));
  person.type("\r");
}

async function giveName(person: ClientBox, name: string, pin: string): Promise<void> {
  await fillIn(person, "Name", name);
  await fillIn(person, "PIN", pin, "\\*".repeat(pin.length));
}

async function signIn(person: ClientBox, name = NAME, pin = PIN): Promise<void> {
  await giveName(person, name, pin);
  await person.shows(new RegExp(`Account of +${name}`));
}

async function order(person: ClientBox, amount: string): Promise<void> {
  person.type("2");
  await fillIn(person, "Transfer", amount);
  await fillIn(person, "to", PAYEE);
}

async function transfer(person: ClientBox): Promise<string> {
  await order(person, AMOUNT);
  return balanceOn(await person.shows(/Transferred\. Your balance: \d/));
}

async function balance(person: ClientBox): Promise<string> {
  person.type("1");
  return balanceOn(await person.shows(/^ +Your balance: \d/m));
}

const balanceOn = (screen: string): string => /Your balance: (\d+\.\d\d)/.exec(screen)?.[1] ?? "none";
const cents = (amount: string): number => Math.round(Number(amount) * 100);

/** The lines of the bank's log about its first client, without its address. */
const clientLines = (log: string): string[] =>
  log
    .split("\n")
    .filter((line) => /^127\.0\.0\.1:\d+ /.test(line))
    .map((line) => line.slice(line.indexOf(" ") + 1));

describe("the accepted run", () => {
  test.each(["1.2", "1.3"])("under TLS %s: asked, transferred, and nobody but the person reads it", async (tls) => {
    const port = await freePort();
    const server = await bank(port);
    const wire = await tapped(port);
    const person = await client(wire.port, { config: `tls=${tls}\n` });
    expect(await person.shows(/Name +_/)).toContain("is Terra Lab bank server 1.0.0");
    await signIn(person);
    const before = await balance(person);
    const after = await transfer(person);
    expect(cents(before) - cents(after)).toBe(cents(AMOUNT));
    person.type("3");
    await person.shows(/you have left/);
    await server.says("leaves");

    const secrets = [NAME, PIN, PAYEE, AMOUNT, before, after];
    for (const secret of secrets) {
      expect(wire.bytes().includes(secret), `${secret} on the wire`).toBe(false);
      expect(server.log.text(), `${secret} in the log`).not.toContain(secret);
    }
    // The control: on the person's own screen all of it was to be read, but for the PIN.
    const read = (secret: string) => person.screens().some((screen) => screen.includes(secret));
    expect(secrets.filter((secret) => !read(secret))).toEqual([PIN]);

    const log = clientLines(server.log.text());
    expect(log.map((line) => line.split(":")[0])).toEqual([
      "connects",
      ...["freshness", "chain", "hardware", "revocation", "firmware", "loader", "tvmm", "vm", "secondary"].map(
        (check) => `passed ${check}`,
      ),
      ...["accepted", "signs in", "asks for the balance", "asks for a transfer", "leaves"],
    ]);
    expect(log[8]).toContain('"Terra Lab bank client" 1.0.0, says its vendor "Terra Lab"');

    // Under 1.2 both chains, and the vendors' word, can be read by whoever listens; under 1.3 none of it.
    const visible = machine.chain.slice(1).filter((pem) => wire.bytes().includes(readOnePem(pem, "a certificate")));
    expect(visible.length).toBe(tls === "1.2" ? 4 : 0);
    expect(wire.bytes().includes("Terra Lab bank client")).toBe(tls === "1.2");
    expect(wire.bytes().includes("Terra Lab bank server")).toBe(tls === "1.2");
  });

  test("a second person is served while the first one thinks; each has an account", async () => {
    const port = await freePort();
    await bank(port);
    const first = await client(port);
    await signIn(first);
    const second = await client(port);
    await signIn(second, PAYEE, "1234");
    const before = await balance(second);
    await transfer(first);
    second.type("1");
    const got = await second.shows(new RegExp(`Your balance: (?!${before})\\d`));
    expect(cents(balanceOn(got)) - cents(before)).toBe(cents(AMOUNT));
  });

  test("a wrong PIN opens nothing, and more money than there is does not go", async () => {
    const port = await freePort();
    const server = await bank(port);
    const first = await client(port);
    await signIn(first);
    await order(first, "99999999");
    await first.shows(/Not transferred: there is not so much money/);
    const second = await client(port);
    for (let attempt = 0; attempt < 3; attempt++) {
      await giveName(second, NAME, "1111");
      if (attempt < 2) await second.shows(/name and PIN do not go together/);
    }
    await server.says("leaves");
  });
});

describe("the bank refuses", () => {
  /** Starts both, and waits until the bank has refused; its log, and what the person sees. */
  async function refused(choice: Choice, site = trust) {
    const port = await freePort();
    const server = await bank(port, { trust: site });
    const person = await client(port, choice);
    await server.says("refused at");
    const screen = await person.shows(/Enter calls the bank/);
    expect(screen).toContain("no connection, nothing was said");
    return { log: clientLines(server.log.text()), screen };
  }

  test.each(["1.2", "1.3"])("a client of another digest that nobody vouches for, under TLS %s", async (tls) => {
    const port = await freePort();
    const server = await bank(port);
    const person = await client(port, { identity: { digest: "c2".repeat(32), vouched: false }, tls });
    await server.says("refused at vm");
    expect(server.log.text()).toContain("failed vm: vm c2c2…c2c2 is not on my list, and no vendor vouches for it");
    expect(await person.shows(/Enter calls the bank/)).toMatch(
      /the other end refuses: TLS alert 40, handshake failure/,
    );
  });

  test("a new version of the client without its vendor's certificate, and takes it with one", async () => {
    const next = { digest: "c2".repeat(32), version: "1.1.0" };
    const { log } = await refused({ identity: { ...next, vouched: false } });
    expect(log.at(-1)).toMatch(/^refused at vm/);
    const port = await freePort();
    const server = await bank(port);
    await signIn(await client(port, { identity: next }));
    expect(server.log.text()).toContain('"Terra Lab bank client" 1.1.0, says its vendor');
  });

  test("a box with another trust disk, even if that box does not mind", async () => {
    const port = await freePort();
    const server = await bank(port);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const leaf = await issueVm({
      ...{ issuer: machine.tvmm, primary: CLIENT.digest, secondaries: { trust: "0e".repeat(32) } },
      publicKey: publicKey.export({ type: "spki", format: "der" }),
      applicationData: Buffer.from("tls:bank-client"),
    });
    const cert = [leaf, ...machine.chain.slice(1), await vendorCertificate(machine, CLIENT)].join("");
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    const lax = connectTls({ port, host: "127.0.0.1", cert, key, maxVersion: "TLSv1.2", rejectUnauthorized: false });
    lax.on("error", () => undefined);
    running.push({ stop: async () => void lax.destroy() });
    await server.says("refused at secondary");
    expect(server.log.text()).toContain(
      `failed secondary: the VM's attested disk "trust" is 0e0e…0e0e; 7a7a…7a7a is required`,
    );
  });

  test("a machine whose maker is unknown", async () => {
    const other = await makeMachine();
    const port = await freePort();
    const server = await bank(port);
    // It trusts the bank all the same: it is the bank that has to refuse.
    const person = await client(port, { machine: other });
    await server.says("refused at hardware");
    expect(await person.shows(/Enter calls the bank/)).toContain("TLS alert 48, unknown CA");
  });

  test("a revoked machine, from the day on on which the list is out", async () => {
    const issuer = { key: machine.keys.hardware.privateKey, certificate: machine.hardwareRoot };
    const chip = machine.chain[4] ?? "";
    const listing = async (revoked: string[]) =>
      siteTrust(machine, { revocationLists: [await issueRevocationList({ issuer, revoked })] });
    const port = await freePort();
    await bank(port, { trust: await listing([]) });
    await signIn(await client(port));
    const { log, screen } = await refused({}, await listing([chip]));
    expect(log.at(-1)).toBe("refused at revocation");
    expect(screen).toContain("TLS alert 44, certificate revoked");
  });

  test("plain noise, a client without a certificate, and whoever says nothing, without losing the others", async () => {
    const port = await freePort();
    const server = await bank(port);
    const silent = connect(port, "127.0.0.1");
    running.push({ stop: async () => void silent.destroy() });
    const noise = connect(port, "127.0.0.1");
    noise.on("error", () => undefined);
    noise.end("GET / HTTP/1.0\r\n\r\n");
    await server.says("TLS fails");
    const anonymous = () =>
      execFileSync("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2"], {
        input: "",
        stdio: ["pipe", "pipe", "pipe"],
      });
    expect(anonymous).toThrow(/alert handshake failure/);
    await server.says("peer did not return a certificate");
    await signIn(await client(port));
  });
});

describe("the client refuses", () => {
  test("a server that is another product, and says nothing to it", async () => {
    const port = await freePort();
    const server = await bank(port, { identity: { product: "Terra Lab hello" } });
    const wire = await tapped(port);
    const person = await client(wire.port);
    const screen = await person.shows(/Enter calls the bank/);
    expect(screen.replace(/\s+/g, " ")).toContain(
      'refused at vm: vm baba..baba is not on my list; its vendor says that it is "Terra Lab hello" 1.0.0, which is none of the products that I accept',
    );
    expect(screen).not.toMatch(/Name/);
    await server.says("the other end refuses: TLS alert 40, handshake failure");
  });

  test("a bank with another trust disk than the one that its owner gave it", async () => {
    const port = await freePort();
    const server = await bank(port);
    const person = await client(port, { identity: { secondaries: { trust: "0e".repeat(32) } } });
    const screen = (await person.shows(/Enter calls the bank/)).replace(/\s+/g, " ");
    expect(screen).toContain(
      'refused at secondary: the VM\'s attested disk "trust" is 7a7a..7a7a; 0e0e..0e0e is required',
    );
    await server.says("the other end refuses");
  });

  test("its own box, if that has no attested disk trust", async () => {
    const port = await freePort();
    await bank(port);
    const person = await client(port, { identity: { secondaries: {} } });
    expect(await person.shows(/Enter calls the bank/)).toContain("my own certificate names no disk trust");
  });

  test("the owner's settings where they are none", async () => {
    for (const config of ["peer=example.org\n", "tls=1.0\n", "address=10.0.0.2\n", `peer=${"1".repeat(40)}\n`]) {
      const person = await client(1, { config });
      expect(await person.shows(/This box cannot work/)).toMatch(/the disk config: (peer|tls|address) is/);
    }
  });

  test("a role of the owner's choice is none of his business", async () => {
    const port = await freePort();
    await bank(port, { identity: CLIENT });
    // As a server it would accept a client's product; it stays a client.
    const person = await client(port, { config: "role=bank-server\n" });
    expect(await person.shows(/Enter calls the bank/)).toContain("refused at vm");
  });

  test("and calls again when the person says so", async () => {
    const port = await freePort();
    const person = await client(port);
    expect(await person.shows(/Enter calls the bank/)).toMatch(
      /no connection to 127\.0\.0\.1, port \d+: Connection refused/,
    );
    await bank(port);
    person.type("\r");
    await person.shows(/Name +_/);
  });
});

describe("a man in the middle", () => {
  test("who passes everything on reads nothing", async () => {
    const [port, here] = [await freePort(), await freePort()];
    await bank(port);
    const attacker = await mallory("--to", "127.0.0.1", "--forward", `${here}:${port}`);
    await attacker.says("waiting");
    const person = await client(here);
    await signIn(person);
    const told = await balance(person);
    person.type("3");
    await person.shows(/you have left/);
    await attacker.says("passed on");
    for (const secret of [NAME, PIN, told]) expect(attacker.log.text()).not.toContain(secret);
  });

  test.each(["1.2", "1.3"])("who ends the connection himself is refused at the chain, under TLS %s", async (tls) => {
    const [port, here] = [await freePort(), await freePort()];
    await bank(port);
    const attacker = await mallory("--to", "127.0.0.1", "--unwrap", `${here}:${port}`);
    await attacker.says("waiting");
    const person = await client(here, { tls: tls === "1.2" ? tls : "both" });
    const screen = (await person.shows(/Enter calls the bank/)).replace(/\s+/g, " ");
    expect(screen).toContain("refused at chain: the chain has 1 certificates; exactly five belong to it");
    await attacker.says("the client does not take my certificate");
  });

  test("who shows the bank's own certificates is found out: he does not have the key", async () => {
    const [port, here] = [await freePort(), await freePort()];
    await bank(port);
    const attacker = await mallory("--to", "127.0.0.1", "--impersonate", `${here}:${port}`);
    await attacker.says("waiting");
    const person = await client(here);
    const screen = (await person.shows(/Enter calls the bank/)).replace(/\s+/g, " ");
    expect(screen).toContain("refused at freshness: the handshake is not signed with the key of the leaf certificate");
    expect(attacker.log.text()).toContain("the bank showed me its 6 certificates");
    await attacker.says("found out that I do not have the key");
  });

  test("reads and changes everything where the connection is not bound to what was appraised", async () => {
    const [port, here] = [await freePort(), await freePort()];
    const server = await bank(port, { unbound: true });
    const attacker = await mallory(
      ...["--to", "127.0.0.1", "--forward", `${here + 1}:${port + 1}`, "--unwrap", `${here}:${port}`],
      ...["--rewrite", `${PAYEE}=Mallory`],
    );
    await attacker.says(`port ${here}: waiting`);
    await attacker.says(`port ${here + 1}: waiting`);
    const person = await client(here, { unbound: true });
    expect(await person.shows(/Name +_/)).toContain("is Terra Lab bank server 1.0.0");
    await signIn(person);
    const before = await balance(person);
    const after = await transfer(person);
    expect(cents(before) - cents(after)).toBe(cents(AMOUNT));
    // Both ends have checked everything, and nothing looks wrong to either.
    expect(clientLines(server.log.text()).filter((line) => line.startsWith("passed")).length).toBe(9);
    await server.says("asks for a transfer: done");
    const overheard = attacker.log.text();
    for (const secret of [
      `LOGIN ${PIN} ${NAME}`,
      `OK ${before}`,
      `changed: TRANSFER ${AMOUNT} Mallory`,
      `OK ${after}`,
    ]) {
      expect(overheard).toContain(secret);
    }
  });

  test("without whom the unbound variant works, and its wire tells nobody who only listens", async () => {
    const port = await freePort();
    const server = await bank(port, { unbound: true });
    const person = await client(port, { unbound: true });
    await signIn(person);
    expect(cents(await balance(person))).toBeGreaterThanOrEqual(100_000);
    expect(server.log.text()).toContain("accepted");
  });

  test("is turned away by the unbound bank, too, if nobody attested from his address", async () => {
    const port = await freePort();
    const server = await bank(port, { unbound: true });
    const socket = connect(port, "127.0.0.1");
    running.push({ stop: async () => void socket.destroy() });
    await server.says("comes from an address that nobody attested from");
  });
});

test("the certificates on the wire are what openssl verifies", async () => {
  const port = await freePort();
  await bank(port);
  const shown = (() => {
    try {
      const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2", "-showcerts"];
      return execFileSync("openssl", args, { input: "", stdio: ["pipe", "pipe", "pipe"] }).toString();
    } catch (error) {
      return String((error as { stdout?: Buffer }).stdout);
    }
  })();
  const pems = shown.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  expect(pems.length).toBe(6);
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const verified = execFileSync("openssl", [
    ...["verify", "-CAfile", put("root.pem", machine.hardwareRoot), "-purpose", "sslserver"],
    ...["-untrusted", put("chain.pem", pems.slice(1, 5).join("\n")), put("leaf.pem", pems[0] ?? "")],
  ]);
  expect(verified.toString()).toMatch(/leaf\.pem: OK/);
});
