/** Home banking with attested TLS: a man in the middle of bound and of unbound connections. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort } from "./test/bank.ts";
import { bankBoxes } from "./test/bank-cases.ts";
import { AMOUNT, balance, cents, clientLines, NAME, PAYEE, PIN, signIn, transfer } from "./test/bank-person.ts";

const { keep, bank, client, mallory } = bankBoxes();

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
    keep({ stop: async () => void socket.destroy() });
    await server.says("comes from an address that nobody attested from");
  });
});
