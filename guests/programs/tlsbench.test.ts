/** The comparison of attested and plain TLS: that it makes both kinds of connection, and says how long each took. */
import { expect, test } from "vitest";
import { BANK, type BankBox, CLIENT, freePort, type Identity, startBank } from "./test/bank.ts";
import { bankCases } from "./test/bank-cases.ts";

const { cases, world, keep } = bankCases("tlsbench");

async function start(role: string, identity: Identity, port: number, tls: string): Promise<BankBox> {
  return keep(await startBank({ ...world(), program: cases.path("tlsbench"), port, tls, role, identity }));
}

test.each(["1.2", "1.3"])("twenty of each, in turns, under TLS %s", async (tls) => {
  const port = await freePort();
  await (await start("tlsbench-server", BANK, port, "both")).says("ready");
  const client = await start("tlsbench-client", CLIENT, port, tls);
  await client.says("done");
  const lines = client.log.text().trimEnd().split("\n");
  expect(lines.map((line) => line.replace(/us=[1-9]\d*$/, "us="))).toEqual([
    ...Array.from({ length: 20 }, () => ["attested us=", "plain us="]).flat(),
    "tlsbench: done",
  ]);
});

test("an attested connection that is refused is not measured", async () => {
  const port = await freePort();
  await (await start("tlsbench-server", BANK, port, "both")).says("ready");
  const client = await start("tlsbench-client", { ...CLIENT, vouched: false }, port, "1.2");
  await client.says("tlsbench: refused");
});
