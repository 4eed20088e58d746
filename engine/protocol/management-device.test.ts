import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MANAGEMENT_VERBS, parseManagementRequest } from "./management-device.ts";
import { MAX_BODY } from "./serial-framing.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const parse = (verb: string, body: string | Uint8Array<ArrayBuffer> = "") =>
  parseManagementRequest(verb, typeof body === "string" ? ascii(body) : body);
const digest = "ab".repeat(32);

describe("a request over COM3", () => {
  it("becomes the owner's, in his words", () => {
    for (const [verb, body, request] of [
      [
        "CREATE-DEVICE",
        "type=nic\nrole=lan\nmac=52:54:00:12:34:56\n",
        { op: "create-device", device: { type: "nic", role: "lan", mac: "52:54:00:12:34:56" } },
      ],
      [
        "CREATE-DEVICE",
        `type=disk\nmedium=x\nclass=attested\nroot=${digest}\nsalt=\nslot=0xa\nserial=s\n`,
        {
          op: "create-device",
          device: { type: "disk", medium: "x", class: "attested", root: digest, salt: "", slot: 10, serial: "s" },
        },
      ],
      [
        "CREATE-DEVICE",
        "type=disk\nmedium=x\nclass=integrity\ncounter=true\n",
        { op: "create-device", device: { type: "disk", medium: "x", class: "integrity", counter: true } },
      ],
      [
        "CREATE-DEVICE",
        "type=serial\npurpose=console\n",
        { op: "create-device", device: { type: "serial", purpose: "console" } },
      ],
      ["CREATE-DEVICE", "type=display\n", { op: "create-device", device: { type: "display" } }],
      ["CONNECT", "a=dev1\nb=eth0\n", { op: "connect", a: "dev1", b: "eth0" }],
      ["DISCONNECT", "a=dev1\nb=eth0\n", { op: "disconnect", a: "dev1", b: "eth0" }],
      ["ATTACH", "vm=pc\ndevice=dev1\n", { op: "attach", vm: "pc", device: "dev1" }],
      ["DETACH", "device=dev1\nvm=vm1\n", { op: "detach", vm: "vm1", device: "dev1" }],
      ["ON", "vm=pc\n", { op: "on", vm: "pc" }],
      ["OFF", "vm=pc\n", { op: "off", vm: "pc" }],
      ["SUSPEND", "vm=pc\n", { op: "suspend", vm: "pc" }],
      ["RESUME", "vm=pc\n", { op: "resume", vm: "pc" }],
      ["DESTROY-VM", "vm=pc\n", { op: "destroy-vm", vm: "pc" }],
      ["DESTROY-DEVICE", "device=dev1\n", { op: "destroy-device", device: "dev1" }],
      ["READ-MEMORY", "vm=pc\naddress=0x1F0\nlength=16\n", { op: "read-memory", vm: "pc", address: 0x1f0, length: 16 }],
      ["SEND-KEYS", "vm=pc\n\nä=b\n\n", { op: "send-keys", vm: "pc", text: "ä=b\n\n" }],
    ] as const) {
      expect(parse(verb, body)).toEqual({ do: "call", request });
    }
    const bytes = Uint8Array.from([...ascii("vm=pc\naddress=4096\n\n"), 0, 10, 10, 255]);
    expect(parse("WRITE-MEMORY", bytes)).toEqual({
      do: "call",
      request: { op: "write-memory", vm: "pc", address: 4096, bytes: Uint8Array.from([0, 10, 10, 255]) },
    });
  });

  it("CREATE-VM names the image after its medium, and hands certificates on one by one", () => {
    const config = (body: string) => {
      const parsed = parse("CREATE-VM", `name=pc\n${body}`);
      return parsed.do === "call" && parsed.request.op === "create-vm" ? parsed.request.config : undefined;
    };
    expect(config("medium=pc.firmware\n")).toEqual({ name: "pc", medium: "pc.firmware", image: "pc" });
    expect(config("medium=pc.12.firmware\n")?.image).toBe("pc");
    expect(config("medium=pc.0.firmware\n")?.image).toBe("pc.0");
    expect(config("medium=pc.boot\n")?.image).toBe("pc.boot");
    expect(config("medium=pc.2.firmware\nimage=mine\n")?.image).toBe("mine");
    expect(config("medium=m\nas-open=true\nchecking=none\nshare=.25\n")).toEqual({
      name: "pc",
      medium: "m",
      image: "m",
      asOpen: true,
      checking: "none",
      cpuShare: 0.25,
    });
    const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
    const given = btoa(`note\n${pem("AAAA")}${pem("BBBB")}`);
    expect(config(`medium=m\nvendor-certificates=${given}\n`)?.vendorCertificates).toEqual([
      `note\n${pem("AAAA")}`,
      pem("BBBB"),
    ]);
  });

  it("LIST, LIMIT, READY, SCREENSHOT and SNAPSHOT are its own", () => {
    expect(parse("LIST", "what=images\n")).toEqual({ do: "list", what: "images" });
    expect(parse("SCREENSHOT", "vm=pc\n")).toEqual({ do: "piece", of: "screenshot", vm: "pc", offset: 0 });
    expect(parse("SNAPSHOT", "vm=pc\noffset=65000\n")).toEqual({
      do: "piece",
      of: "snapshot",
      vm: "pc",
      offset: 65000,
    });
    expect(parse("READY", "done=3\nrefused=0\n")).toEqual({ do: "ready", done: 3, refused: 0 });
    for (const [body, change] of [
      ["memory=96\n", { memoryMiB: 96 }],
      ["images=any\n", { images: null }],
      ["images=\n", { images: [] }],
      [`images=${digest},${digest}\nmemory=0\n`, { images: [digest, digest], memoryMiB: 0 }],
      ["share=1\n", { share: 1 }],
      ["share=0.5\nvm=pc\n", { share: 0.5, vm: "pc" }],
    ] as const) {
      expect(parse("LIMIT", body)).toEqual({ do: "limit", change });
    }
  });

  for (const [verb, body, error] of [
    ["NOTHING", "", /^malformed: the verb is "NOTHING"; expected one of CREATE-DEVICE, CONNECT/],
    ["OK", "", /^malformed: the verb is "OK"/],
    ["ON", "", /^malformed: vm is undefined; expected text/],
    ["ON", "vm=pc", /^malformed: the body of ON does not end with a newline/],
    ["ON", "pc\n", /^malformed: a line of ON is "pc"; expected key=value/],
    ["ON", "vm=pc\n\n", /^malformed: a line of ON is ""; expected key=value/],
    ["ON", "vm=pc\nvm=pc\n", /^malformed: ON has the key vm twice/],
    ["ON", "op=off\nvm=pc\n", /^malformed: ON has the unknown key "op"; known: vm/],
    ["ON", "__proto__=pc\n", /^malformed: ON has the unknown key "__proto__"/],
    ["ON", `vm=${"x".repeat(65)}\n`, /^bad-argument: vm is .*at most 64 characters/],
    ["CREATE-DEVICE", "", /^malformed: device\.type is undefined/],
    ["CREATE-DEVICE", "type=nic\nmedium=x\n", /^malformed: device has the unknown field "medium"/],
    ["CREATE-DEVICE", "type=disk\nmedium=x\nclass=raw\nslot=16\n", /^bad-argument: device\.slot is 16/],
    [
      "CREATE-DEVICE",
      "type=disk\nmedium=x\nclass=raw\nslot=-1\n",
      /^bad-argument: slot is "-1"; expected a whole number/,
    ],
    [
      "CREATE-DEVICE",
      "type=disk\nmedium=x\nclass=raw\ncounter=yes\n",
      /^bad-argument: counter is "yes"; expected one of/,
    ],
    ["CREATE-VM", "name=pc\n", /^malformed: config\.medium is undefined/],
    ["CREATE-VM", "name=PC\nmedium=m\n", /^bad-argument: config\.name is "PC"/],
    ["CREATE-VM", "name=pc\nmedium=m\nshare=0\n", /^bad-argument: config\.cpuShare is 0/],
    ["CREATE-VM", "name=pc\nmedium=m\nshare=1e-1\n", /^bad-argument: share is "1e-1"; expected a decimal number/],
    [
      "CREATE-VM",
      "name=pc\nmedium=m\nvendor-certificates=***\n",
      /^bad-argument: vendor-certificates is .*expected base64/,
    ],
    ["LIST", "what=all\n", /^bad-argument: what is "all"; expected one of "vms", "devices"/],
    ["READ-MEMORY", "vm=pc\naddress=0\n", /^malformed: length is undefined/],
    ["READ-MEMORY", "vm=pc\naddress=0\nlength=65537\n", /^bad-argument: length is 65537; .* 0 to 65536/],
    ["READ-MEMORY", "vm=pc\naddress=0x100000000\nlength=1\n", /^bad-argument: address is 4294967296/],
    ["WRITE-MEMORY", "vm=pc\naddress=0\n", /^malformed: the body of WRITE-MEMORY has no empty line/],
    ["SCREENSHOT", "vm=pc\noffset=x\n", /^bad-argument: offset is "x"/],
    ["LIMIT", "", /^malformed: LIMIT sets nothing/],
    ["LIMIT", "memory=1\nvm=pc\n", /^malformed: LIMIT has vm="pc" without a share/],
    ["LIMIT", "images=abc\n", /^bad-argument: images\[0\] is "abc"/],
    ["LIMIT", "share=1.5\n", /^bad-argument: share is 1\.5/],
    ["READY", "done=1\n", /^malformed: refused is undefined/],
    ["READY", "done=1\nrefused=4294967296\n", /^bad-argument: refused is 4294967296/],
  ] as const) {
    it(`${verb} ${JSON.stringify(body.slice(0, 60))} is refused`, () => {
      expect(() => parse(verb, body)).toThrow(error);
    });
  }

  it("that is no UTF-8 is refused, but for the bytes that WRITE-MEMORY carries", () => {
    const body = (text: string) => Uint8Array.from([...ascii(text), 0xff, 10]);
    expect(() => parse("ON", body("vm="))).toThrow(/^malformed: the body of ON is not UTF-8/);
    expect(() => parse("SEND-KEYS", body("vm=pc\n\n"))).toThrow(/^malformed: what SEND-KEYS sends is not UTF-8/);
    expect(() => parse("WRITE-MEMORY", body("vm=\n"))).toThrow(/^malformed: /);
  });

  it("of any bytes is a request or is refused with a code and one line", () => {
    const words = fc.constantFrom(
      "vm=pc\n",
      "address=0x10\n",
      "length=1\n",
      "\n",
      "type=disk\n",
      "what=vms\n",
      "share=0.5\n",
      "=",
      "\0",
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(words, { maxLength: 8 }).map((list) => ascii(list.join(""))),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...MANAGEMENT_VERBS), fc.constant("NEVER")), body, (verb, bytes) => {
        try {
          expect(["call", "list", "piece", "limit", "ready"]).toContain(parse(verb, Uint8Array.from(bytes)).do);
        } catch (thrown) {
          expect(String(thrown)).toMatch(/^TerraError: (malformed|bad-argument): [^\n]+$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("may be as long as a frame, and is looked at only once", () => {
    const body = new Uint8Array(MAX_BODY).fill(10);
    expect(() => parse("LIMIT", body)).toThrow(/^malformed: a line of LIMIT is ""/);
    const keys = Uint8Array.from([...ascii("vm=pc\n\n"), ...new Uint8Array(4096).fill(97)]);
    expect(parse("SEND-KEYS", keys)).toMatchObject({ request: { text: "a".repeat(4096) } });
  });
});
