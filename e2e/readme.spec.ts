/** The README's example does what its comments say: the very text is run. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "./support.ts";

test("the README's example runs, and ends as its comments say", async ({ terra }) => {
  const readme = readFileSync(path.join(import.meta.dirname, "..", "README.md"), "utf8");
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(example).toContain("waitForState");
  const outcome = await terra.evaluate(
    `(async (terra) => { ${example}\n return [verdict.accepted, (await hello.status()).halt]; })(window.terra)`,
  );
  expect(outcome).toEqual([true, { reason: "integrity", disk: "boot", block: 1 }]);
});
