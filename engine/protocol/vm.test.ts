import { expect, test } from "vitest";
import { parseVmRequest } from "./vm.ts";

test("good requests come through, their bytes copied", () => {
  const bytes = Uint8Array.of(1, 2);
  const parsed = parseVmRequest({ op: "serial", line: 1, bytes });
  expect(parsed).toEqual({ op: "serial", line: 1, bytes });
  bytes[0] = 9;
  expect(parsed).toEqual({ op: "serial", line: 1, bytes: Uint8Array.of(1, 2) });
  const answer = { op: "serial", line: 3, bytes: Uint8Array.of(1), opening: 7 };
  expect(parseVmRequest(answer)).toEqual(answer);
  expect(parseVmRequest({ op: "run" })).toEqual({ op: "run" });
  expect(parseVmRequest({ op: "type", text: "ls\n" })).toEqual({ op: "type", text: "ls\n" });
  const size = { width: 822, height: 562, scale: 1.5 };
  expect(parseVmRequest({ op: "resize", size, theme: "dark" })).toEqual({ op: "resize", size, theme: "dark" });
  expect(parseVmRequest({ op: "focus", focused: false })).toEqual({ op: "focus", focused: false });
  expect(parseVmRequest({ op: "suspend" })).toEqual({ op: "suspend" });
  expect(parseVmRequest({ op: "share", share: 0.25 })).toEqual({ op: "share", share: 0.25 });
  const read = { op: "read-memory", address: 2 ** 32 - 1, length: 0 };
  expect(parseVmRequest(read)).toEqual(read);
  const write = { op: "write-memory", address: 4096, bytes: Uint8Array.of(1) };
  expect(parseVmRequest(write)).toEqual(write);
  expect(parseVmRequest({ op: "send-keys", text: "ls\n" })).toEqual({ op: "send-keys", text: "ls\n" });
});

test.each([
  [undefined, "malformed: request is undefined"],
  [{ op: "stop" }, 'bad-argument: op is "stop"'],
  [{ op: "run", now: true }, "malformed: request has the unknown field"],
  [{ op: "serial", line: 4, bytes: new Uint8Array(1) }, "bad-argument: line is 4"],
  [{ op: "serial", line: 2, bytes: new Uint8Array(1) }, "malformed: opening is undefined"],
  [{ op: "serial", line: 1, bytes: "x" }, 'malformed: bytes is "x"'],
  [{ op: "serial", line: 1, bytes: new Uint8Array(new SharedArrayBuffer(4)) }, "malformed: bytes is 4 bytes"],
  [{ op: "serial", line: 1, bytes: new Uint8Array((1 << 20) + 1) }, "bad-argument: bytes is 1048577 bytes"],
  [{ op: "type", text: "x".repeat(4097) }, "bad-argument: text is"],
  [{ op: "scancodes", codes: [1, 256] }, "bad-argument: codes[1] is 256"],
  [{ op: "surface", canvas: {}, size: { width: 1, height: 1, scale: 1 }, theme: "light" }, "malformed: canvas"],
  [{ op: "resize", size: { width: 1e9, height: 1, scale: 1 }, theme: "light" }, "bad-argument: size.width"],
  [{ op: "resize", size: { width: 1, height: 1, scale: Number.NaN }, theme: "light" }, "malformed: size.scale is NaN"],
  [{ op: "resize", size: { width: 1, height: 1, scale: 1 }, theme: "pink" }, 'bad-argument: theme is "pink"'],
  [{ op: "focus", focused: 1 }, "malformed: focused is 1"],
  [{ op: "share", share: 0 }, "bad-argument: share is 0"],
  [{ op: "share", share: 1.01 }, "bad-argument: share is 1.01"],
  [{ op: "share", share: Number.NaN }, "bad-argument: share is NaN"],
  [{ op: "share", share: "1" }, 'malformed: share is "1"'],
  [{ op: "read-memory", address: 2 ** 32, length: 1 }, "bad-argument: address is 4294967296"],
  [{ op: "read-memory", address: -1, length: 1 }, "bad-argument: address is -1"],
  [{ op: "read-memory", address: 0.5, length: 1 }, "bad-argument: address is 0.5"],
  [{ op: "read-memory", address: 0, length: 2 ** 24 + 1 }, "bad-argument: length is 16777217"],
  [{ op: "read-memory", address: 0 }, "malformed: length is undefined"],
  [{ op: "write-memory", address: 0, bytes: [1] }, "malformed: bytes is a list of 1"],
  [{ op: "send-keys", text: 7 }, "malformed: text is 7"],
])("a bad request is refused with the field and what stood there: %o", (raw, message) => {
  expect(() => parseVmRequest(raw)).toThrow(message);
});
