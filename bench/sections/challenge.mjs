import { step } from "../pages.mjs";
import { bootTerra, openLab } from "../turns.mjs";

/** A challenge from the page's remote party until its verdict. */
export async function challenge(pages, { quick, tell }) {
  const terra = await pages.terra();
  await openLab(terra, [{ name: "hello", image: "hello" }]);
  await bootTerra(terra, ["hello"]);
  const all = [];
  const bare = [];
  for (let round = 0; round < (quick ? 4 : 20); round++) {
    tell(`challenge ${round + 1}`);
    all.push(
      await step(
        terra.page.evaluate(() => window.bench.challenge("hello")),
        "a challenge",
      ),
    );
    bare.push(
      await step(
        terra.page.evaluate(() => window.bench.signatures(6)),
        "bare signatures",
      ),
    );
  }
  await terra.close();
  return [
    { what: "challenge to verdict", unit: "ms", values: all.map(({ total }) => total) },
    { what: "  the guest's part: from `challenge` to `evidence`", unit: "ms", values: all.map(({ guest }) => guest) },
    {
      what: "  in the browser: the rest",
      unit: "ms",
      values: all.map(({ total, guest }) => total - guest),
      baseline: { what: "six bare ECDSA checks in the page", values: bare },
      goal: "50 ms",
    },
    { what: "    of which the verifier's checks", unit: "ms", values: all.map(({ verifier }) => verifier) },
  ];
}
