/** What the command `tvmm` makes of refusals, of hostile replies and of silence, and how it waits for its turn. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { openTerminal, run } from "./test/programs.ts";
import { frame, terminalDevice } from "./test/tvmm.ts";
import { told, tvmmCommand } from "./test/tvmm-command.ts";

const { cases, tvmm, talk } = tvmmCommand();

describe("tvmm: what comes back", () => {
  test("a refusal ends with 1 and the TVMM's own words, of which a terminal takes no harm", async () => {
    const { code, stdout, stderr } = await talk(tvmm("on", "pc"), [frame("ERR", "out-of-memory: 64 MiB\x1b[2J\n")]);
    expect([code, stdout.length, stderr]).toEqual([1, 0, "tvmm: out-of-memory: 64 MiB [2J\n"]);
    const silent = await talk(tvmm("on", "pc"), [frame("ERR", "")]);
    expect(silent).toMatchObject({ code: 1, stderr: "tvmm: refused, and no reason came along\n" });
  });

  test("of several, the first that is refused is the last that is asked for", async () => {
    const { code, asked } = await talk(tvmm("attach", "vm1", "a", "b", "c"), ["", frame("ERR", "refused: no\n")]);
    expect([code, asked.length]).toEqual([1, 2]);
  });

  test.each([
    ["nothing", ""],
    ["no line feed", "vm1"],
    ["two ids", "vm1\nvm2\n"],
    ["a blank", "vm 1\n"],
    ["control characters", "vm\x1b\n"],
    ["more than an id has", `${"v".repeat(65)}\n`],
    ["64 KiB", "v".repeat(65536)],
  ])("an id that is %s ends with 3 and prints nothing", async (_, reply) => {
    const { code, stdout } = await talk(tvmm("create-vm", "pc", "--image", "pc"), [reply]);
    expect([code, stdout.length]).toEqual([3, 0]);
  });

  /** Has the device answer one request with these bytes and go away. */
  async function answered(reply: Uint8Array, ...args: string[]) {
    const end = tvmm(...args);
    const line = await cases.device.opened();
    await line.next();
    line.raw(reply);
    line.hangUp();
    return await end;
  }

  test.each([
    ["nothing", ""],
    ["half a head", "OK 1"],
    ["a truncated body", "OK 100\nabc"],
    ["a length over the limit", "OK 65537\n"],
    ["a length that overflows", "OK 99999999999999999999\n"],
    ["a lower-case word", "ok 5\nhello"],
    ["a request", "READY 0\n"],
    ["a head without end", "A".repeat(100_000)],
    ["binary noise", "\x00\x01\x02\x1b]0;title\x07\n"],
  ])("%s and the device's end: 3, and nothing printed", async (_name, reply) => {
    const { code, stdout, stderr } = await answered(Buffer.from(reply, "latin1"), "list");
    expect([code, stdout.length]).toEqual([3, 0]);
    expect(stderr).toMatch(/^tvmm: no reply to LIST: [ -~]+\n$/);
  });

  test("silence ends with 3 when the patience is over", async () => {
    const end = tvmm("--patience", "100", "on", "pc");
    const line = await cases.device.opened();
    expect(told(await line.next())).toBe("ON|vm=pc|");
    const { code, stderr } = await end;
    expect([code, stderr]).toEqual([3, expect.stringContaining("no reply to ON: nothing came")]);
  });

  test("no bytes whatever make it crash or print what is not a whole reply", async () => {
    const words = fc.constantFrom("OK", "ERR", "CHALLENGE", "LIST", "");
    const noise = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("id\tx\n", "12\nabc", "vm1\n"));
    const piece = fc.oneof(
      noise.map((bytes) => Buffer.from(bytes)),
      fc.tuple(words, noise).map(([word, body]) => frame(word, body)),
      fc.tuple(words, fc.integer({ min: -1, max: 70000 })).map(([word, length]) => Buffer.from(`${word} ${length}\n`)),
    );
    const commands = fc.constantFrom(
      ["list"],
      ["create-device", "display"],
      ["create-device", "disk", "--of", "pc"],
      ["read-memory", "pc", "0", "100"],
      ["screenshot", "pc", "-"],
    );
    await fc.assert(
      fc.asyncProperty(commands, fc.array(piece, { maxLength: 6 }), async (args, pieces) => {
        const { code, signal } = await answered(Buffer.concat(pieces), ...args);
        expect(signal).toBeNull();
        expect([0, 1, 3]).toContain(code);
      }),
      { numRuns: 100 },
    );
  });

  test("what is no device is named, and who has one", async () => {
    for (const path of ["/dev/null", "/nowhere/com3"]) {
      const { code, stderr } = await run(cases.path("tvmm"), ["--device", path, "list"]);
      expect(code).toBe(3);
      expect(stderr).toContain("no management device, which only a machine's management box has: ");
      expect(stderr).toContain(path);
    }
  });
});

test("over a serial line, one after the other: who comes later waits", async () => {
  const terminal = await openTerminal(cases.programs, "cooked");
  const line = terminalDevice(terminal);
  const start = (...args: string[]) => {
    const child = spawn(cases.path("tvmm"), ["--device", terminal.name, ...args]);
    return { pid: child.pid, end: new Promise((done) => child.once("exit", done)) };
  };
  const first = start("on", "first");
  expect(told(await line.next())).toBe("ON|vm=first|");
  const others = [start("on", "other"), start("on", "other")];
  await vi.waitFor(() => {
    const locks = readFileSync("/proc/locks", "utf8");
    for (const { pid } of others) expect(locks).toMatch(new RegExp(`-> FLOCK .* ${pid} `));
  }, 10_000);
  line.send("OK");
  expect(await first.end).toBe(0);
  expect(told(await line.next())).toBe("ON|vm=other|");
  line.send("ERR", "bad-state: it is on\n");
  expect(told(await line.next())).toBe("ON|vm=other|");
  line.send("OK", Buffer.alloc(65536, 0x11));
  expect((await Promise.all(others.map(({ end }) => end))).sort()).toEqual([0, 1]);
  await terminal.close();
});
