import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements, keyVerifies, publicKey, requestVerifies } from "./test/authority.ts";
import { deviceCases } from "./test/cases.ts";
import { run } from "./test/programs.ts";
import { frame } from "./test/tvmm.ts";

const ATTRIBUTE = "2.25.163268360961603797793263191242266081269.1";
const IDENTITY = "0123456789abcdef".repeat(4);

const cases = deviceCases("com2", "endorse", "get-id");

const endorse = (...args: string[]) => run(cases.path("endorse"), ["--device", cases.device.path, ...args]);
const getId = (...args: string[]) => run(cases.path("get-id"), ["--device", cases.device.path, ...args]);

/** Has the program ask once, answers with these bytes, hangs up, and returns how the program ended. */
async function answered(program: typeof endorse, reply: Uint8Array, ...args: string[]) {
  const end = program(...args);
  const line = await cases.device.opened();
  await line.next();
  line.raw(reply);
  line.hangUp();
  return await end;
}

async function requestOf(...args: string[]): Promise<Buffer> {
  const end = endorse(...args);
  const line = await cases.device.opened();
  const request = await line.next();
  line.send("OK", "chain");
  const { code, stdout } = await end;
  expect(request.word).toBe("ENDORSE");
  expect(code).toBe(0);
  expect(stdout.toString()).toBe("chain");
  return request.body;
}

describe("endorse: its request", () => {
  test("verifies, has an empty subject, and carries the data as one octet string in one attribute", async () => {
    const request = await requestOf("--data", "tls:shop");
    expect(requestVerifies(request)).toBe(true);
    const lines = elements(request);
    const at = lines.indexOf(`4 OBJECT :${ATTRIBUTE}`);
    expect(lines.slice(at - 2, at + 3)).toEqual([
      "2 cont [ 0 ]",
      "3 SEQUENCE",
      `4 OBJECT :${ATTRIBUTE}`,
      "4 SET",
      "5 OCTET STRING :tls:shop",
    ]);
    expect(lines.slice(0, 8)).toEqual([
      "0 SEQUENCE",
      "1 SEQUENCE",
      "2 INTEGER :00",
      "2 SEQUENCE",
      "2 SEQUENCE",
      "3 SEQUENCE",
      "4 OBJECT :id-ecPublicKey",
      "4 OBJECT :prime256v1",
    ]);
    expect(lines).toContain("2 OBJECT :ecdsa-with-SHA256");
    request[request.length - 1] = (request[request.length - 1] ?? 0) ^ 1;
    expect(requestVerifies(request)).toBe(false);
  });

  test("has no attribute without data, and each length form with data of every size class", async () => {
    expect(elements(await requestOf()).filter((line) => line.includes(ATTRIBUTE))).toEqual([]);
    for (const size of [1, 100, 127, 128, 255, 256, 4096]) {
      const request = await requestOf("--data", "d".repeat(size));
      expect(requestVerifies(request), `${size} bytes`).toBe(true);
      expect(elements(request)).toContain(`5 OCTET STRING :${"d".repeat(size)}`);
    }
  });

  test("is for a key made anew each time, which --key-out writes for its owner only", async () => {
    const key = join(cases.folder, "key.pem");
    const first = await requestOf("--key-out", key);
    expect(publicKey.ofPrivateKey(readFileSync(key, "utf8"))).toBe(publicKey.ofRequest(first));
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(keyVerifies(readFileSync(key, "utf8"))).toBe(true);
    expect(publicKey.ofRequest(await requestOf())).not.toBe(publicKey.ofRequest(first));
  });

  test("is a given file as it is, PEM as DER, whatever it holds", async () => {
    const file = join(cases.folder, "request");
    const made = await requestOf("--csr-out", file);
    expect(readFileSync(file)).toEqual(made);
    expect(await requestOf(file)).toEqual(made);
    writeFileSync(
      file,
      `-----BEGIN CERTIFICATE REQUEST-----\n${made.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`,
    );
    expect(await requestOf(file)).toEqual(made);
    const garbage = Buffer.from(Array.from({ length: 65536 }, (_, i) => (i * 7) & 255));
    writeFileSync(file, garbage);
    expect(await requestOf(file)).toEqual(garbage);
    writeFileSync(file, "");
    expect(await requestOf(file)).toEqual(Buffer.alloc(0));
  });

  test.each([
    ["longer than 4096 bytes", ["--data", "d".repeat(4097)]],
    ["no such option: '--frobnicate'", ["--frobnicate", "x"]],
    ["a value is missing after: '--data'", ["--data"]],
    ["not a whole number of 1 or more: '0'", ["--patience", "0"]],
    ["one argument too many: 'b'", ["a", "b"]],
    ["/nowhere/request.csr: No such file", ["/nowhere/request.csr"]],
    ["has its key and data already", ["--data", "x", "request.csr"]],
  ])("is not sent for wrong usage: %s", async (why, args) => {
    const { code, stderr } = await endorse(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  test("cannot be 65537 bytes long", async () => {
    writeFileSync(join(cases.folder, "long"), Buffer.alloc(65537));
    const { code, stderr } = await endorse(join(cases.folder, "long"));
    expect(code).toBe(2);
    expect(stderr).toContain("65536");
  });
});

describe("endorse and get-id: what comes back", () => {
  test("a refusal ends with 1 and its text, of which a terminal takes no harm", async () => {
    const { code, stdout, stderr } = await answered(endorse, frame("ERR", "open-box: \x1b[2J no identity\n"));
    expect([code, stdout.length]).toEqual([1, 0]);
    expect(stderr).toBe("endorse: refused: open-box:  [2J no identity\n");
  });

  test("the identity is printed; anything else is not", async () => {
    expect(await answered(getId, frame("OK", `${IDENTITY}\n`))).toMatchObject({
      code: 0,
      stdout: Buffer.from(`${IDENTITY}\n`),
    });
    for (const wrong of ["", IDENTITY, `${IDENTITY}0\n`, `${IDENTITY.toUpperCase()}\n`, `${IDENTITY.slice(1)}\n\n`]) {
      const { code, stdout } = await answered(getId, frame("OK", wrong));
      expect([code, stdout.length], JSON.stringify(wrong)).toEqual([3, 0]);
    }
  });

  test("a reply of the largest size arrives whole", async () => {
    const body = Buffer.from(Array.from({ length: 65536 }, (_, i) => (i * 31) & 255));
    const { code, stdout } = await answered(endorse, frame("OK", body));
    expect(code).toBe(0);
    expect(stdout.equals(body)).toBe(true);
  });

  test("a CHALLENGE before the reply does not disturb it", async () => {
    const both = Buffer.concat([frame("CHALLENGE", Buffer.alloc(32, 7)), frame("OK", "chain")]);
    expect(await answered(endorse, both)).toMatchObject({ code: 0, stdout: Buffer.from("chain") });
  });

  test.each([
    ["nothing", ""],
    ["half a head", "OK 1"],
    ["a truncated body", "OK 100\nabc"],
    ["a length over the limit", "OK 65537\n"],
    ["a length that overflows", "OK 99999999999999999999\n"],
    ["a negative length", "OK -1\n"],
    ["a leading zero", "OK 05\nhello"],
    ["no length", "OK \n"],
    ["two blanks", "OK  5\nhello"],
    ["a lower-case word", "ok 5\nhello"],
    ["another word", "CERT 5\nhello"],
    ["a head without end", "A".repeat(100_000)],
    ["binary noise", "\x00\x01\x02\x1b]0;title\x07\n"],
  ])("%s ends with 3 and prints nothing", async (_name, reply) => {
    const { code, stdout, stderr } = await answered(endorse, Buffer.from(reply, "latin1"));
    expect([code, stdout.length]).toEqual([3, 0]);
    expect(stderr).toMatch(/^endorse: no reply: [ -~]+\n$/);
  });

  test("silence ends with 3 when the patience is over", async () => {
    const end = getId("--patience", "100");
    const line = await cases.device.opened();
    expect(await line.next()).toMatchObject({ word: "GET-ID", body: Buffer.alloc(0) });
    const { code, stderr } = await end;
    expect(code).toBe(3);
    expect(stderr).toContain("nothing came");
  });

  test("no bytes whatever make the program crash or print what is not a whole reply", async () => {
    const words = fc.constantFrom("OK", "ERR", "CHALLENGE", "ENDORSE", "");
    const noise = fc.uint8Array({ maxLength: 200 });
    const piece = fc.oneof(
      noise,
      fc.tuple(words, noise).map(([word, body]) => frame(word, body)),
      fc.tuple(words, fc.integer({ min: -1, max: 70000 })).map(([word, length]) => Buffer.from(`${word} ${length}\n`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const { code, signal } = await answered(endorse, Buffer.concat(pieces));
        expect(signal).toBeNull();
        expect([0, 1, 3]).toContain(code);
      }),
      { numRuns: 100 },
    );
  });

  test("what is no device is named", async () => {
    for (const path of ["/dev/null", "/nowhere/com2"]) {
      const { code, stderr } = await run(cases.path("get-id"), ["--device", path]);
      expect(code).toBe(3);
      expect(stderr).toContain(path);
    }
  });

  test("--help names every option", async () => {
    for (const [program, options] of [
      ["endorse", ["--data", "--key-out", "--csr-out", "--device", "--patience"]],
      ["get-id", ["--device", "--patience"]],
    ] as const) {
      const { code, stdout } = await run(cases.path(program), ["--help"]);
      expect(code).toBe(0);
      for (const option of options) expect(stdout.toString()).toContain(option);
    }
  });
});
