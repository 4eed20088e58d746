/** Home banking with attested TLS: the accepted run, and what stands on the wire. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readOnePem } from "../../engine/attestation/index.ts";
import { freePort } from "./test/bank.ts";
import { bankBoxes } from "./test/bank-cases.ts";
import {
  AMOUNT,
  balance,
  balanceOn,
  cents,
  clientLines,
  giveName,
  NAME,
  order,
  PAYEE,
  PIN,
  signIn,
  transfer,
} from "./test/bank-person.ts";

const { world, bank, client, tapped } = bankBoxes();

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
    const visible = world()
      .machine.chain.slice(1)
      .filter((pem) => wire.bytes().includes(readOnePem(pem, "a certificate")));
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
    writeFileSync(join(world().folder, name), text);
    return join(world().folder, name);
  };
  const verified = execFileSync("openssl", [
    ...["verify", "-CAfile", put("root.pem", world().machine.hardwareRoot), "-purpose", "sslserver"],
    ...["-untrusted", put("chain.pem", pems.slice(1, 5).join("\n")), put("leaf.pem", pems[0] ?? "")],
  ]);
  expect(verified.toString()).toMatch(/leaf\.pem: OK/);
});
