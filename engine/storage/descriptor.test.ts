import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import { bootMediumSize, type Descriptor, parseDescriptor, primaryIdentity } from "./descriptor.ts";

const digest = (digit: string) => digit.repeat(64);

const valid: Descriptor = {
  format: "terra-descriptor-1",
  product: "Terra Lab hello",
  version: "1.0.0",
  kind: "closed",
  memoryMiB: 64,
  firmware: { stub: { size: 1234, sha256: digest("1") }, kernel: { size: 6_900_000, sha256: digest("2") } },
  commandLine: "root=/dev/vda ro rootfstype=erofs init=/init",
  console: "none",
  suspend: false,
  boot: { size: 3_461_120, blockSize: 4096, salt: "00ff", root: digest("3"), sha256: digest("4") },
  devices: [
    { type: "disk", slot: 1, name: "trust", required: true, classes: ["attested"], counter: false },
    { type: "nic", role: "lan", pci: 8, required: false },
  ],
};

const encode = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

type Path = (string | number)[];

/** The valid descriptor with one field replaced, or taken out where the value is undefined. */
function changed(path: Path, value: unknown): Uint8Array {
  const copy: unknown = structuredClone(valid);
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return encode(copy);
}

describe("a descriptor", () => {
  it("is read field by field", () => {
    expect(parseDescriptor(encode(valid))).toEqual(valid);
  });

  it("gives the identity that openssl computes, too", () => {
    const bytes = encode(valid);
    const judge = execFileSync("openssl", ["dgst", "-sha256", "-r"], { input: bytes }).toString().slice(0, 64);
    expect(primaryIdentity(bytes)).toBe(judge);
  });

  it("tells the size of its boot medium: 845 blocks, 7 hash blocks over them and 1 over those", () => {
    expect(bootMediumSize(valid.boot)).toBe((845 + 8) * 4096);
  });

  const wrong: [Path, unknown, string][] = [
    [["format"], "terra-descriptor-2", "format"],
    [["extra"], 1, 'top level has the unknown key "extra"'],
    [["suspend"], undefined, 'top level lacks the key "suspend"'],
    [["boot", "root"], undefined, 'boot lacks the key "root"'],
    [["boot", "root"], "", "boot.root"],
    [["boot", "root"], digest("A"), "boot.root"],
    [["boot", "sha256"], digest("4").slice(1), "boot.sha256"],
    [["boot", "size"], 4097, "boot.size"],
    [["boot", "size"], 0, "boot.size"],
    [["boot", "size"], 2 ** 40, "boot.size"],
    [["boot", "blockSize"], 512, "boot.blockSize"],
    [["boot", "salt"], "0", "boot.salt"],
    [["boot", "salt"], "00".repeat(257), "boot.salt"],
    [["boot", "more"], 1, "boot has the unknown key"],
    [["product"], "", "product"],
    [["product"], "Terra\u202eLab", "product"],
    [["version"], "1.0", "version"],
    [["kind"], "half-open", "kind"],
    [["memoryMiB"], 3, "memoryMiB"],
    [["memoryMiB"], 64.5, "memoryMiB"],
    [["memoryMiB"], "64", "memoryMiB"],
    [["firmware", "stub", "size"], -1, "firmware.stub.size"],
    [["firmware", "kernel", "sha256"], 7, "firmware.kernel.sha256"],
    [["firmware", "bios"], {}, "firmware has the unknown key"],
    [["firmware"], [], "firmware"],
    [["commandLine"], "a\nb", "commandLine"],
    [["commandLine"], "x".repeat(2048), "commandLine"],
    [["console"], "closed", "console"],
    [["suspend"], 0, "suspend"],
    [["devices"], {}, "devices"],
    [["devices", 0, "type"], "tape", "devices[0].type"],
    [["devices", 0, "slot"], 0, "devices[0].slot"],
    [["devices", 0, "name"], "x".repeat(21), "devices[0].name"],
    [["devices", 0, "name"], "two words", "devices[0].name"],
    [["devices", 0, "classes"], [], "devices[0].classes"],
    [["devices", 0, "classes"], ["attested", "attested"], "devices[0].classes"],
    [["devices", 0, "classes"], ["wet"], "devices[0].classes[0]"],
    [["devices", 0, "counter"], undefined, 'devices[0] lacks the key "counter"'],
    [["devices", 1, "pci"], 32, "devices[1].pci"],
    [["devices", 1, "slot"], 1, "devices[1] has the unknown key"],
    [["devices"], [valid.devices[0], valid.devices[0]], '"slot 1" twice'],
  ];
  it.each(wrong)("is refused with %j = %j, and the field is named", (path, value, field) => {
    expect(() => parseDescriptor(changed(path, value))).toThrow(field);
  });

  it("is refused as text that is no JSON, no UTF-8, too long, or begins with a byte order mark", () => {
    const text = new TextEncoder().encode(JSON.stringify(valid));
    expect(() => parseDescriptor(text.subarray(1))).toThrow("JSON");
    expect(() => parseDescriptor(Uint8Array.of(0xff, ...text))).toThrow("UTF-8");
    expect(() => parseDescriptor(Uint8Array.of(0xef, 0xbb, 0xbf, ...text))).toThrow("JSON");
    expect(() => parseDescriptor(new Uint8Array(65537).fill(32))).toThrow("65537");
  });

  it("is never half accepted: any JSON either is a whole descriptor or gives bad-argument", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(valid)), (value, key) => {
        for (const bytes of [encode(value), changed([key], value)]) {
          try {
            expect(encode(parseDescriptor(bytes))).toEqual(bytes);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(TerraError);
            expect((thrown as TerraError).code).toBe("bad-argument");
          }
        }
      }),
    );
  });
});
