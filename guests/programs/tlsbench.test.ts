/** The comparison of attested and plain TLS: that it makes both kinds of connection, and says how long each took. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeMachine, type TestMachine } from "../../engine/attestation/testing/machine.ts";
import { BANK, type BankBox, CLIENT, freePort, type Identity, siteTrust, startBank } from "./test/bank.ts";
import { BUILD_TIMEOUT, buildForTest } from "./test/programs.ts";

let built: ReturnType<typeof buildForTest>;
let machine: TestMachine;
let trust: string;
let folder: string;
const running: BankBox[] = [];
beforeAll(async () => {
  built = buildForTest("tlsbench");
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

async function start(role: string, identity: Identity, port: number, tls: string): Promise<BankBox> {
  const box = await startBank({ folder, program: built.path("tlsbench"), machine, trust, port, tls, role, identity });
  running.push(box);
  return box;
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
