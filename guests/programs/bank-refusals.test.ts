/** Home banking with attested TLS: what the bank refuses, and what the client does. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { issueRevocationList, issueVm } from "../../engine/attestation/index.ts";
import { makeMachine } from "../../engine/attestation/testing/machine.ts";
import { CLIENT, freePort, siteTrust, vendorCertificate } from "./test/bank.ts";
import { bankBoxes, type Choice } from "./test/bank-cases.ts";
import { clientLines, signIn } from "./test/bank-person.ts";

const { world, keep, bank, client, tapped } = bankBoxes();

describe("the bank refuses", () => {
  /** Starts both, and waits until the bank has refused; its log, and what the person sees. */
  async function refused(choice: Choice, site = world().trust) {
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
    const { machine } = world();
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
    keep({ stop: async () => void lax.destroy() });
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
    const { machine } = world();
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
    keep({ stop: async () => void silent.destroy() });
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
