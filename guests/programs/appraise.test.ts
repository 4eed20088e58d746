/** The appraiser in C, held to the corpus and to the TypeScript one: the same verdicts, in the same words. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readTrust, writeTrust } from "../../engine/attestation/index.ts";
import { type Case, makeCorpus } from "../../engine/attestation/testing/corpus.ts";
import { makeMachine, type TestMachine } from "../../engine/attestation/testing/machine.ts";
import { answerOf, askBoth, write } from "./test/appraiser.ts";
import { BUILD_TIMEOUT, buildChecked, buildForTest, run } from "./test/programs.ts";

let built: ReturnType<typeof buildForTest>;
let corpus: Case[];
let machine: TestMachine;
let folder: string;
beforeAll(async () => {
  built = buildForTest("appraise");
  corpus = makeCorpus();
  machine = await makeMachine();
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(built.folder, "case-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const named = (name: string): Case => {
  const found = corpus.find((each) => each.name === name);
  if (!found) throw new Error(`the corpus has no case ${name}`);
  return found;
};
const appraise = (...args: string[]) => run(built.path("appraise"), args);

/** Asks the C appraiser of this file and the TypeScript one about every case. */
async function holdToCorpus(program: string): Promise<void> {
  expect(corpus.length).toBeGreaterThanOrEqual(149);
  const answers = [];
  for (const each of corpus) {
    const answer = await askBoth(program, folder, each);
    answers.push({ name: each.name, expected: each.expected, ...answer });
  }
  // One table rather than one expectation each: whoever breaks something sees all that broke.
  expect(answers.map(({ name, c }) => [name, c])).toEqual(answers.map(({ name, ts }) => [name, ts]));
  expect(answers.map(({ name, c }) => [name, c.at(-1)])).toEqual(
    answers.map(({ name, expected }) => [name, expected.accepted ? "accepted" : `refused at ${expected.failed}`]),
  );
}

test("the C appraiser says of every case of the corpus what the TypeScript one says, word for word", async () => {
  await holdToCorpus(built.path("appraise"));
}, 120_000);

test("so it does with OpenSSL's arithmetic, as in the banking boxes, and under the sanitizers", async () => {
  const program = join(folder, "appraise-openssl");
  const arithmetic = "parts/attested/arithmetic.c";
  buildChecked(program, ["bearssl", "crypto"], "lib/appraise", arithmetic, "lib/options.c", "appraise/main.c");
  await holdToCorpus(program);
}, 240_000);

describe("appraise: a role's policy, and TLS", () => {
  /** The good case, with what it needs to be accepted in one role only. */
  async function inRoles() {
    const { evidence, nonce, policy } = named("good");
    const { time = 0, accept = {}, ...common } = policy;
    const { vm = [], ...below } = accept;
    const args = await write(folder, { evidence, nonce, policy: { ...common, accept: below, time } });
    const roles = { client: { accept: { vm } }, server: { accept: { vm: [{ product: "Another" }] } } };
    writeFileSync(join(folder, "trust"), await writeTrust({ common: { ...common, accept: below }, roles }));
    return args;
  }

  test("what is common to all is not enough, one role's section is, another's is not", async () => {
    const args = await inRoles();
    const verdict = (...more: string[]) => answerOf(built.path("appraise"), [...args, ...more]).at(-1);
    expect(verdict()).toBe("refused at vm");
    expect(verdict("--role", "client")).toBe("accepted");
    expect(verdict("--role", "server")).toBe("refused at vm");
    const { code, stderr } = await appraise(...args, "--role", "owner");
    expect([code, stderr]).toEqual([2, "appraise: the trust text has no section for the role owner\n"]);
  });

  test("a leaf for TLS is for handshakes, a leaf for evidence is not", async () => {
    const tls = async (name: string) => answerOf(built.path("appraise"), await write(folder, named(name), "tls"));
    const accepted = await tls("tls-leaf");
    expect(accepted.at(-1)).toBe("accepted");
    expect(accepted[0]).toBe("passed freshness: the key of the leaf certificate signed this very handshake");
    const verdicts: Record<string, string | undefined> = {};
    for (const name of ["good", "both-usages", "any-usage", "no-extended-usage", "vendor-usage"]) {
      verdicts[name] = (await tls(name)).at(-1);
    }
    expect(new Set(Object.values(verdicts))).toEqual(new Set(["refused at chain"]));
  });
});

describe("appraise: what it is given", () => {
  test.each([
    ["--trust FILE is missing", []],
    ["--nonce has to be given", ["--trust", "x"]],
    ["--signature FILE is missing", ["--trust", "x", "--nonce", "0".repeat(64)]],
    ["--nonce has to be given", ["--trust", "x", "--nonce", "0".repeat(63), "--signature", "x"]],
    ["--use 'ssh': only tls can be said", ["--trust", "x", "--use", "ssh"]],
    ["there is neither nonce nor signature", ["--trust", "x", "--use", "tls", "--nonce", "0".repeat(64)]],
    ["cannot open /nowhere/trust", ["--trust", "/nowhere/trust", "--use", "tls"]],
    ["one value too many", Array.from({ length: 18 }, () => ["--certificate", "x"]).flat()],
  ])("wrong usage ends with 2: %s", async (why, args) => {
    const { code, stdout, stderr } = await appraise(...args);
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toContain(why);
  });

  test("too many certificates are refused in the same words", async () => {
    const { evidence, nonce, policy } = named("good");
    const [leaf = ""] = evidence.chain;
    for (const many of [
      { chain: Array.from({ length: 17 }, () => leaf), vendors: [] },
      { chain: evidence.chain, vendors: Array.from({ length: 33 }, () => leaf) },
      { chain: [], vendors: [] },
      { chain: [leaf.padEnd(65537), ...evidence.chain.slice(1)], vendors: [] },
    ]) {
      const question = { evidence: { ...evidence, ...many }, nonce, policy };
      const { c, ts } = await askBoth(built.path("appraise"), folder, question);
      expect(c).toEqual(ts);
      expect(c.at(-1)).toBe("refused at freshness");
    }
  });
});

describe("the trust text in C", () => {
  /** Whether both readers take it. */
  async function readers(text: string | Uint8Array, role?: string) {
    writeFileSync(join(folder, "trust"), text);
    const { code, stderr } = await appraise(
      "--trust",
      join(folder, "trust"),
      "--use",
      "tls",
      ...(role ? ["--role", role] : []),
    );
    const decoded = typeof text === "string" ? text : new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
    const ts = await readTrust(decoded, role).then(
      () => true,
      () => false,
    );
    // Without certificates to appraise, a policy that could be read ends in a refusal.
    return { c: code === 1 && stderr === "", ts };
  }
  const both = { c: true, ts: true };
  const neither = { c: false, ts: false };

  async function good(): Promise<string> {
    const { time: _, ...common } = named("revoked-chip").policy;
    const digest = "ab".repeat(32);
    return writeTrust({
      common: { ...common, requiredSecondary: { trust: digest } },
      roles: { client: { accept: { vm: [{ product: "Käse & Brot", minVersion: "1.2" }, { digest }] } }, server: {} },
    });
  }

  test("is read from a disk with zeros behind it, and with nothing else behind it", async () => {
    const text = Buffer.from(await good());
    const padded = (fill: number) => Buffer.concat([text, Buffer.alloc(4096 - (text.length % 4096), fill)]);
    expect(await readers(text.toString())).toEqual(both);
    expect(await readers(text.toString(), "client")).toEqual(both);
    writeFileSync(join(folder, "trust"), padded(0));
    expect((await appraise("--trust", join(folder, "trust"), "--use", "tls")).code).toBe(1);
    for (const wrong of [padded(1), Buffer.concat([padded(0), Buffer.from("x")])]) {
      writeFileSync(join(folder, "trust"), wrong);
      const { code, stderr } = await appraise("--trust", join(folder, "trust"), "--use", "tls");
      expect(code).toBe(2);
      expect(stderr).toMatch(/zeros|control character/);
    }
  });

  test("has one spelling, which both readers hold it to", async () => {
    const text = await good();
    const edits: [string, (text: string) => string][] = [
      ["another first line", (t) => t.replace("terra-trust-1", "terra-trust-2")],
      ["no end", (t) => t.replace(/end\n$/, "")],
      ["no line end after the end", (t) => t.slice(0, -1)],
      ["more after the end", (t) => `${t}end\n`],
      ["an empty line", (t) => t.replace("accept", "\naccept")],
      ["a carriage return", (t) => t.replace("hardware-root\n", "hardware-root\r\n")],
      ["a tabulator", (t) => t.replace("accept vm", "accept\tvm")],
      ["two blanks", (t) => t.replace("accept vm", "accept  vm")],
      ["a blank at a line's end", (t) => t.replace("hardware-root\n", "hardware-root \n")],
      ["an unknown word", (t) => t.replace("hardware-root\n", "hardware-roots\n")],
      ["another layer", (t) => t.replace("vendor-root vm", "vendor-root chip")],
      ["no layer", (t) => t.replace("vendor-root vm", "vendor-root")],
      ["no block", (t) => t.replace(/hardware-root\n-[^=]*-\n/, "hardware-root\n")],
      ["an empty line before a block", (t) => t.replace("hardware-root\n", "hardware-root\n\n")],
      ["a certificate as a list", (t) => t.replace("hardware-root\n", "revocation-list\n")],
      ["a half block", (t) => t.replace(/-----END CERTIFICATE-----\n/, "")],
      ["a flipped bit in a root", (t) => t.replace(/hardware-root\n-.*\nMII/, (m) => m.replace("MII", "MIJ"))],
      ["a digest of 63 digits", (t) => t.replace(/digest [0-9a-f]/, "digest ")],
      ["upper-case digits", (t) => t.replace(/digest [0-9a-f]+/, (m) => `digest ${m.slice(7).toUpperCase()}`)],
      ["neither digest nor product", (t) => t.replace("vm digest", "vm hash")],
      ["a strange version", (t) => t.replace("product 1.2 ", "product 1.2-beta ")],
      ["no product", (t) => t.replace("product 1.2 Käse & Brot", "product 1.2 ")],
      ["nothing after product", (t) => t.replace("product 1.2 Käse & Brot", "product")],
      ["a disk's name of 21 characters", (t) => t.replace("secondary trust", `secondary ${"t".repeat(21)}`)],
      ["a disk's name that is not ASCII", (t) => t.replace("secondary trust", "secondary trüst")],
      ["a disk with two roots", (t) => t.replace("role client", `secondary trust ${"cd".repeat(32)}\nrole client`)],
      ["a role twice", (t) => t.replace("role server", "role client")],
      ["a role without a name", (t) => t.replace("role server", "role")],
      ["a role in upper case", (t) => t.replace("role server", "role Server")],
      ["a role's name of 33 letters", (t) => t.replace("role server", `role ${"s".repeat(33)}`)],
      ["a leaf as a root", (t) => t.replace("hardware-root\n", `hardware-root\n${machine.chain[0]}hardware-root\n`)],
      ["a chip as a root", (t) => t.replace("hardware-root\n", `hardware-root\n${machine.chain[4]}hardware-root\n`)],
      [
        "17 roots",
        (t) => t.replace("hardware-root\n", `${`hardware-root\n${machine.hardwareRoot}`.repeat(16)}hardware-root\n`),
      ],
    ];
    const taken: Record<string, unknown> = {};
    for (const [name, edit] of edits) {
      const edited = edit(text);
      expect(edited, name).not.toBe(text);
      taken[name] = await readers(edited);
    }
    expect(taken).toEqual(Object.fromEntries(edits.map(([name]) => [name, neither])));
    const good16 = text.replace(
      "hardware-root\n",
      `${`hardware-root\n${machine.hardwareRoot}`.repeat(15)}hardware-root\n`,
    );
    expect(await readers(good16)).toEqual(both);
    expect(await readers(text.replace("secondary trust", `secondary ${"t".repeat(20)}`))).toEqual(both);
    expect(await readers(text.replace("role server", `role ${"s".repeat(32)}`))).toEqual(both);
  });

  test("says in which line the fault is", async () => {
    const text = (await good()).replace("accept vm digest", "accept vm hash");
    const line = text.split("\n").findIndex((each) => each.startsWith("accept vm hash")) + 1;
    writeFileSync(join(folder, "trust"), text);
    const { stderr } = await appraise("--trust", join(folder, "trust"), "--use", "tls");
    expect(stderr).toBe(`appraise: trust line ${line}: digest or product was expected\n`);
  });

  test("of one byte more than a disk may have is not read", async () => {
    const text = await good();
    const zeros = (size: number) => Buffer.concat([Buffer.from(text), Buffer.alloc(size - Buffer.byteLength(text))]);
    writeFileSync(join(folder, "trust"), zeros(262_144));
    expect((await appraise("--trust", join(folder, "trust"), "--use", "tls")).code).toBe(1);
    writeFileSync(join(folder, "trust"), zeros(262_145));
    expect((await appraise("--trust", join(folder, "trust"), "--use", "tls")).stderr).toContain(
      "more than 262144 bytes",
    );
  });
});

test("nothing that is told to it breaks it or is believed, under the sanitizers", async () => {
  const fuzzer = join(folder, "fuzz-appraise");
  buildChecked(fuzzer, ["bearssl"], "lib/appraise", "test/fuzz-appraise.c");
  const question = named("good-by-vendors");
  const { time = 0 } = question.policy;
  const revocationLists = named("revoked-in-second-list").policy.revocationLists?.slice(0, 1) ?? [];
  await write(folder, { ...question, policy: { ...question.policy, revocationLists } });
  const files = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => join(folder, `${name}-${at}`));
  const { code, signal, stdout, stderr } = await run(fuzzer, [
    ...[join(folder, "trust"), String(time / 1000), "1", "4000", Buffer.from(question.nonce).toString("hex")],
    ...[join(folder, "signature"), ...files("chain", 5), ...files("vendor", 4)],
  ]);
  expect([code, signal, stderr]).toEqual([0, null, ""]);
  // It has to have been everywhere, or it has tried nothing.
  const counts = Object.fromEntries(
    stdout
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")),
  );
  for (const place of ["freshness", "chain", "hardware", "firmware", "loader", "tvmm", "vm", "bad-trusts"]) {
    expect(Number(counts[place]), place).toBeGreaterThan(5);
  }
}, 300_000);
