import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { parseChipRequest } from "./chip.ts";
import { TerraError } from "./errors.ts";
import { parseEndorseRequest } from "./launch.ts";
import { parseMediaRequest, parsePhysicalRequest } from "./media.ts";
import { parseRegisterRequest } from "./register.ts";

const { port1, port2 } = new MessageChannel();
afterAll(() => {
  port1.close();
  port2.close();
});

const ports = { flash: port1, media: port1, owner: port1, person: port2 };
const bytes = Uint8Array.of(1, 2, 3);
const frame = new Uint8Array(60);

/** Every request of each door, as it should come. */
const good: [string, (raw: unknown) => unknown, object[]][] = [
  [
    "chip",
    parseChipRequest,
    [
      { op: "provision", platform: "alice" },
      { op: "certify", certificate: "-----BEGIN CERTIFICATE-----" },
      { op: "power-on", tvmm: "release", ...ports },
      { op: "power-off" },
    ],
  ],
  [
    "register",
    parseRegisterRequest,
    [
      { op: "extend", stage: "loader", digest: "a".repeat(64), size: 7 },
      { op: "seal", plaintext: bytes },
      { op: "unseal", blob: bytes },
      { op: "counter" },
      { op: "increment" },
    ],
  ],
  ["endorse", parseEndorseRequest, [{ op: "endorse", request: bytes }]],
  [
    "media",
    parseMediaRequest,
    [
      { op: "list" },
      { op: "read", medium: "hello.boot", offset: 0, length: 4096 },
      { op: "write", medium: "sealed", offset: 1, bytes },
      { op: "open", medium: "flash", readOnly: true },
      { op: "nics" },
      { op: "open-nic", nic: "eth0" },
    ],
  ],
  [
    "physical",
    parsePhysicalRequest,
    [
      { op: "init", base: "http://localhost/" },
      { op: "file", path: "measured/chip.js" },
      { op: "machine", platform: "alice" },
      { op: "flash", platform: "alice", vendorCertificates: { ["a".repeat(64)]: ["pem"] } },
      { op: "flash", platform: "alice", vendorCertificates: {}, configuration: bytes },
      { op: "insert-image", platform: "alice", image: "hello" },
      { op: "insert", platform: "alice", bytes },
      { op: "insert", platform: "alice", bytes, id: "disk1" },
      { op: "list", platform: "alice" },
      { op: "read", platform: "alice", medium: "flash", offset: 0, length: 1 },
      { op: "write", platform: "alice", medium: "flash", offset: 0, bytes },
      { op: "restore", platform: "alice", medium: "flash", bytes },
      { op: "take", platform: "alice", medium: "disk1" },
      { op: "put", platform: "alice", handle: "4f9a-1" },
      { op: "scrap", platform: "alice" },
      { op: "plug", platform: "alice", wire: "lan" },
      { op: "wire-frames", wire: "lan" },
      { op: "wire-frames", wire: "lan", since: 7, limit: 100 },
      { op: "wire-inject", wire: "lan", bytes: frame },
      { op: "wire-intercept", wire: "lan" },
      { op: "wire-pass", wire: "lan", interceptor: "intercept1", held: 1, frames: [frame] },
      { op: "wire-stop-intercept", wire: "lan", interceptor: "intercept1" },
    ],
  ],
];

const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withTypedArray: true, withDate: true, withMap: true }),
  fc.constantFrom<unknown>(null, "", -1, 0.5, Number.NaN, 2 ** 60, "../x", "x".repeat(70_000), [], {}, port1),
);

describe.each(good)("the door of %s", (_name, parse, requests) => {
  it("lets every request through as it is", () => {
    for (const request of requests) expect(parse(request)).toEqual(request);
  });

  it("refuses a request with a field too many", () => {
    for (const request of requests) expect(() => parse({ ...request, more: 1 })).toThrow("malformed");
  });

  it("refuses hostile messages with malformed or bad-argument, and throws nothing else", () => {
    const attempt = (raw: unknown) => {
      try {
        return parse(raw);
      } catch (thrown) {
        if (!(thrown instanceof TerraError) || !["malformed", "bad-argument"].includes(thrown.code)) throw thrown;
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.constantFrom(...requests), hostile, fc.nat(), (request, value, at) => {
        attempt(value);
        const fields = Object.keys(request);
        const field = fields[at % fields.length] ?? "op";
        const passed = attempt({ ...request, [field]: value });
        // What passes has the very value that was checked.
        if (passed !== undefined) expect(Reflect.get(Object(passed), field)).toEqual(value);
      }),
    );
  });
});

describe("bytes at a door", () => {
  it("are copied, so that their sender cannot change them after the check", () => {
    const sent = Uint8Array.of(1, 2, 3);
    const parsed = parseRegisterRequest({ op: "seal", plaintext: sent });
    sent.fill(9);
    expect(parsed).toEqual({ op: "seal", plaintext: bytes });
  });
});
