/** Scenario `owner` on real guests: each step without its cause turns round. That each is as expected with it, keyboard.spec.ts shows. */
import { expect, test } from "./support.ts";

// Guests boot many times over in these.
test.setTimeout(600_000);

const ACCEPTED = /Accepted after 9 of 9 checks: "?Terra Lab hello/;

/** What a step observes when what it is about was left out: not just anything else, but the opposite. */
const TURNED: Record<string, RegExp> = {
  "side-by-side": /^3 of 4 boxes answer: alice\/management, alice\/pc, alice\/hello\.$/,
  memory: /stands [1-9]\d* times in pc’s memory and [1-9]\d* times in second’s/,
  unconnected: /^2 of 2 echo requests were answered; [1-9]\d* frames/,
  connect: /^0 of 2 echo requests were answered/,
  between: /management to second: 2 of 2/,
  disconnect: /^Before: 2 of 2 echo requests answered\. After: 2 of 2\.$/,
  wire: /^0 of 2 echo requests were answered/,
  attacker: /^With the attacker: 2 of 2 answered, 0 replies dropped/,
  panic: /^second is on\. 4 of 4 other boxes answer\.$/,
  fault: /^second is on\. 4 of 4 other boxes answer\.$/,
  "open-box": /^read memory: closed-box; write memory: closed-box;/,
  "closed-box": /^read memory: found at [1-9]\d* places; write memory: written;/,
  "hostile-management": /^On second: 0 of 5 refused/,
  limits: /^With the limit: switched on\. Without it hello is on\.$/,
  denial: /^Suspended, then off: 0 of 2 challenges brought nothing.*Accepted after 9 of 9/,
  policy: /^management on, pc on, second on, hello on\.$/,
  "debug-tvmm": ACCEPTED,
};

test("with its cause left out, each step's verdict turns round", async ({ terra }) => {
  const report = await terra.evaluate(
    (ids) => window.terra.runScenario("owner", { leaveOut: ids }),
    Object.keys(TURNED),
  );
  expect(report.steps.map((step) => step.id).sort()).toEqual(Object.keys(TURNED).sort());
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}, cause left out, observed “${step.observed}”`).toBe(false);
    // It must have turned round because of what it saw, and not because something broke.
    expect.soft(step.observed, step.id).toMatch(TURNED[step.id] ?? /^$/);
  }
});
