/** A vm worker is killed from outside, as a browser short of memory would: its box halts, the others go on, and it can be switched on again. */
import { expect, test } from "./support.ts";

test("a vm worker is killed: the TVMM notices, and nothing else happens to anybody", async ({ terra }) => {
  await terra.evaluate(async () => {
    const lab = await window.terra.open({
      id: "faults",
      platforms: [
        {
          id: "alice",
          vms: [
            { name: "pc", image: "pc" },
            { name: "second", image: "pc" },
            { name: "hello", image: "hello" },
          ],
        },
      ],
    });
    await lab.vm("alice/second").console.run("true", { timeoutMs: 60_000 });
  });
  for (const worker of terra.workers()) {
    if ((await worker.evaluate(() => self.name)) === "vm second") await worker.evaluate(() => self.close());
  }
  const seen = await terra.evaluate(async () => {
    const { lab } = window.terra;
    if (!lab) throw new Error("there is no lab");
    const second = lab.vm("alice/second");
    await second.waitForState("halted", 120_000);
    const nonce = window.terra.nonce();
    return {
      halt: (await second.status()).halt?.reason,
      pc: (await lab.vm("alice/pc").console.run("echo $((6 * 7))")).output.trim(),
      hello: (await window.terra.appraise(await lab.vm("alice/hello").evidence(nonce), nonce)).accepted,
      again: await lab
        .platform("alice")
        .management.on(second.id)
        .then(async () => (await second.console.run("echo $((6 * 7))", { timeoutMs: 60_000 })).output.trim()),
    };
  });
  expect(seen.halt).toMatch(/^worker: /);
  expect({ ...seen, halt: "" }).toEqual({ halt: "", pc: "42", hello: true, again: "42" });
});
