/** Scenario `banking` on real guests: each step without its attack or defence turns round; and nothing leaks. That each is as expected with it, keyboard.spec.ts shows. */
import { searchRecords, startRecorder } from "./recorder.ts";
import { expect, NO_LAB, test } from "./support.ts";

// Guests boot and shake hands many times over in these.
test.setTimeout(600_000);

/** What only customer and bank should know: name, payee, PIN. */
const SECRETS = ["Ada Lovelace", "Charles Babbage", "27182818"];

test("what the customer types and reads leaves the machines on the person's port only", async ({ page }) => {
  await startRecorder(page);
  await page.goto(NO_LAB);
  await page.waitForFunction(() => "terra" in window);
  const [name, payee, pin] = SECRETS;
  const balance = await page.evaluate(
    async ({ name, payee, pin }) => {
      const lab = await window.terra.open("banking");
      const alice = lab.platform("alice");
      const client = lab.vm("alice/bank-client");
      await client.waitForState("on", 120_000);
      await lab.vm("bank/bank-server").console.waitFor(/listens on port/, { from: 0, timeoutMs: 60_000 });
      await alice.display.focus(client.id);
      const shows = async (pattern: RegExp) => {
        for (;;) {
          const { screen } = await alice.display.text(client.id);
          // The bank may have been the slower of the two.
          if (/Enter calls the bank/.test(screen)) await alice.display.type("\n");
          if (pattern.test(screen)) return screen;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      };
      const answer = async (label: string, text: string, shown = text) => {
        await shows(new RegExp(`${label} +_`));
        await alice.display.type(text);
        await shows(new RegExp(`${label} +${shown}_`));
        await alice.display.type("\n");
      };
      await answer("Name", name);
      await answer("PIN", pin, "\\*".repeat(pin.length));
      await shows(/1 balance/);
      await alice.display.type("2");
      await answer("Transfer", "123.45");
      await answer("to", payee);
      const screen = await shows(/Transferred\. Your balance: \d/);
      // Whoever owns, attacks and listens takes what there is.
      const { inspect, management } = alice;
      const tools = [
        () => inspect.readMemory(client.id, 0, 2 ** 24),
        () => inspect.screenshot(client.id),
        () => inspect.snapshot(client.id),
        () => inspect.snapshot(lab.vm("alice/pc").id),
        () => client.console.text(),
        () => lab.vm("bank/bank-server").console.text(),
        () => lab.wire("internet").pcapng(),
        () => lab.messages(),
        () => management.suspend(client.id),
        () => inspect.snapshot(client.id),
        () => management.resume(client.id),
      ];
      for (const tool of tools) await tool().catch(() => undefined);
      for (const id of lab.platforms()) {
        for (const disk of await lab.platform(id).disks()) await lab.platform(id).disk(disk.id).copy();
      }
      return /balance: (\d+\.\d\d)/.exec(screen)?.[1] ?? "";
    },
    { name: name ?? "", payee: payee ?? "", pin: pin ?? "" },
  );
  expect(balance).toMatch(/^\d+\.\d\d$/);
  for (const secret of [...SECRETS, balance]) {
    const { page: own, workers } = await searchRecords(page, Buffer.from(secret).toString("hex"));
    expect([own.hits, ...workers.map(({ hits }) => hits)], secret).toEqual([0, 0, 0]);
    // The control: the person reads it. The PIN is shown as stars.
    if (secret !== pin) expect(own.personHits, `${secret} on the person's port`).toBeGreaterThan(0);
    expect(own.bytes).toBeGreaterThan(20 * 2 ** 20);
  }
});

/** What a step observes when its attack or defence was left out. */
const TURNED: Record<string, RegExp> = {
  accepted: /^Alice’s screen says: no connection to 10\.0\.0\.1/,
  listener: /: 2 of 2 product names found, 1 of 1 secrets\.$/,
  "one-byte": /^The bank says: accepted/,
  "new-version": /^The bank says: accepted/,
  vouched: /^The bank says: failed vm: .*no vendor vouches for it/,
  "not-the-bank": /^Alice’s screen says: the bank is accepted\.$/,
  "debug-tvmm": /^Alice’s screen says: the bank is accepted\.$/,
  "relay-unbound": /^Mallory read 0 of 4 secrets and changed nothing\. The bank accepted/,
  relay: /^Alice’s screen says: the bank is accepted\. Mallory read 0 of 2/,
  impersonate: /^Alice’s screen says: the bank is accepted\. Mallory read 0 of 2/,
  "own-roots": /says: the bank is accepted\.$/,
  revoked: /The bank says: accepted/,
};

test("with its attack or defence left out, each step's verdict turns round", async ({ terra }) => {
  const report = await terra.evaluate(
    (ids) => window.terra.runScenario("banking", { leaveOut: ids }),
    Object.keys(TURNED),
  );
  expect(report.steps.map((step) => step.id).sort()).toEqual(Object.keys(TURNED).sort());
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}, cause left out, observed “${step.observed}”`).toBe(false);
    expect.soft(step.observed, step.id).toMatch(TURNED[step.id] ?? /^$/);
  }
});
