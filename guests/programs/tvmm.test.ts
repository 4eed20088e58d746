/** The command `tvmm`: what each of its commands asks for and prints, and the traces that a script leaves. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { run } from "./test/programs.ts";
import { frame } from "./test/tvmm.ts";
import { told, tvmmCommand } from "./test/tvmm-command.ts";

const PRIMARY = "0123456789abcdef".repeat(4);
const ROOT = "fedcba9876543210".repeat(4);
const IMAGES = `id\tproduct\tversion\tkind\tprimary\troot\tsalt\npc\tTerra Lab PC\t1.0.0\topen\t${PRIMARY}\t${ROOT}\tab12\nbroken\n`;

const { cases, tvmm, file, talk } = tvmmCommand();

describe("tvmm: each command", () => {
  // What is typed, what is asked for that, and what the replies are.
  test.each<[string[], string[], string[], string]>([
    [["create-vm", "pc", "--image", "pc"], ["CREATE-VM|name=pc|medium=pc.firmware|"], ["vm2\n"], "vm2\n"],
    [
      ["create-vm", "--as-open", "--checking", "none", "--share", "0.5", "--medium", "m", "x", "--image", "pc"],
      ["CREATE-VM|name=x|medium=m|image=pc|as-open=true|checking=none|share=0.5|"],
      ["vm3\n"],
      "vm3\n",
    ],
    [
      ["create-device", "disk", "--medium", "notes", "--class", "raw", "--slot", "2", "--serial", "notes", "--counter"],
      ["CREATE-DEVICE|type=disk|medium=notes|class=raw|slot=2|serial=notes|counter=true|"],
      ["dev9\n"],
      "dev9\n",
    ],
    [
      ["create-device", "disk", "--medium", "m", "--class", "attested", "--root", ROOT, "--salt", ""],
      [`CREATE-DEVICE|type=disk|medium=m|class=attested|root=${ROOT}|salt=|`],
      ["dev9\n"],
      "dev9\n",
    ],
    [
      ["create-device", "disk", "--of", "pc"],
      ["LIST|what=images|", `CREATE-DEVICE|type=disk|medium=pc.boot|class=attested|root=${ROOT}|salt=ab12|slot=0|`],
      [IMAGES, "dev1\n"],
      "dev1\n",
    ],
    [
      ["create-device", "nic", "--role", "lan", "--mac", "52:54:00:12:34:56"],
      ["CREATE-DEVICE|type=nic|role=lan|mac=52:54:00:12:34:56|"],
      ["dev4\n"],
      "dev4\n",
    ],
    [["create-device", "display"], ["CREATE-DEVICE|type=display|"], ["dev5\n"], "dev5\n"],
    [
      ["create-device", "serial", "--purpose", "console"],
      ["CREATE-DEVICE|type=serial|purpose=console|"],
      ["dev6\n"],
      "dev6\n",
    ],
    [["attach", "vm2", "dev1", "dev5"], ["ATTACH|vm=vm2|device=dev1|", "ATTACH|vm=vm2|device=dev5|"], ["", ""], ""],
    [["detach", "vm2", "dev1"], ["DETACH|vm=vm2|device=dev1|"], [""], ""],
    [["connect", "dev1", "eth0"], ["CONNECT|a=dev1|b=eth0|"], [""], ""],
    [["disconnect", "dev1", "eth0"], ["DISCONNECT|a=dev1|b=eth0|"], [""], ""],
    [["on", "pc", "hello"], ["ON|vm=pc|", "ON|vm=hello|"], ["", ""], ""],
    [["off", "pc"], ["OFF|vm=pc|"], [""], ""],
    [["suspend", "pc"], ["SUSPEND|vm=pc|"], [""], ""],
    [["resume", "pc"], ["RESUME|vm=pc|"], [""], ""],
    [["destroy-vm", "pc"], ["DESTROY-VM|vm=pc|"], [""], ""],
    [["destroy-device", "dev1"], ["DESTROY-DEVICE|device=dev1|"], [""], ""],
    [["send-keys", "pc", "ls -l", "--enter"], ["SEND-KEYS|vm=pc||ls -l|"], [""], ""],
    [["send-keys", "pc", "--", "--enter"], ["SEND-KEYS|vm=pc||--enter"], [""], ""],
    [["limit", "--memory", "96", "--share", "0.25"], ["LIMIT|memory=96|share=0.25|"], [""], ""],
    [["limit", "--share", "0.25", "--vm", "pc"], ["LIMIT|share=0.25|vm=pc|"], [""], ""],
    [["limit", "--images", "any"], ["LIMIT|images=any|"], [""], ""],
    [["limit", "--images", `pc,${ROOT}`], ["LIST|what=images|", `LIMIT|images=${PRIMARY},${ROOT}|`], [IMAGES, ""], ""],
    [["ready", "--done", "7", "--refused", "1"], ["READY|done=7|refused=1|"], [""], ""],
    [["ready"], ["READY|done=0|refused=0|"], [""], ""],
  ])("%j", async (args, wanted, replies, out) => {
    const { code, stdout, stderr, asked } = await talk(tvmm(...args), replies);
    expect(asked.map(told)).toEqual(wanted);
    expect([code, stdout.toString(), stderr]).toEqual([0, out, ""]);
  });

  test("vendors' certificates go along in base64, whatever their length", async () => {
    for (const length of [0, 1, 2, 3, 3000, 40960]) {
      const text = Buffer.from(Array.from({ length }, (_, i) => (i * 31) & 255));
      writeFileSync(file("vendor.pem"), text);
      const end = tvmm("create-vm", "h", "--image", "hello", "--vendor-certificates", file("vendor.pem"));
      const { asked } = await talk(end, ["vm1\n"]);
      const encoded = /vendor-certificates=(.*)\n$/.exec(asked[0]?.body.toString() ?? "")?.[1];
      expect(encoded).toBe(text.toString("base64"));
    }
    writeFileSync(file("vendor.pem"), Buffer.alloc(40961));
    const long = await tvmm("create-vm", "h", "--image", "hello", "--vendor-certificates", file("vendor.pem"));
    expect([long.code, long.stderr]).toEqual([2, `tvmm: ${file("vendor.pem")} is longer than 40960 bytes\n`]);
  });
});

describe("tvmm list", () => {
  const vms = `id\tname\tprimary\nvm1\tmanagement\t-\nvm12\thello\t${PRIMARY}\n`;
  const devices = "id\ttype\tconnected\ndev1\tnic\teth0,dev2\n";

  test("aligns columns, shortens digests, and shows VMs and devices if nothing is said", async () => {
    const { stdout, asked } = await talk(tvmm("list"), [vms, devices]);
    expect(asked.map(told)).toEqual(["LIST|what=vms|", "LIST|what=devices|"]);
    expect(stdout.toString().split("\n")).toEqual([
      "id    name        primary",
      "vm1   management  -",
      "vm12  hello       0123..cdef",
      "",
      "id    type  connected",
      "dev1  nic   eth0,dev2",
      "",
    ]);
  });

  test("--tabs prints it as it came", async () => {
    expect((await talk(tvmm("list", "vms", "--tabs"), [vms])).stdout.toString()).toBe(vms);
  });

  test("several digests in a field are shortened each", async () => {
    const reply = `limit\tvm\tvalue\nimages\t-\t${PRIMARY},${ROOT}\n`;
    expect((await talk(tvmm("list", "limits"), [reply])).stdout.toString()).toContain("0123..cdef,fedc..3210\n");
  });

  test("what a terminal would obey is not passed on", async () => {
    const { stdout } = await talk(tvmm("list", "media"), ["id\tsize\na\x1b[2J\x07\t\x7f5\n"]);
    expect(stdout.toString()).toBe("id      size\na?[2J?  ?5\n");
  });

  test.each([
    ["nothing at all", "", "no end"],
    ["no line feed at the end", "id\tname", "no end"],
    ["a zero byte", "id\nvm\0\n", "no text"],
    ["more fields than names", "id\nvm1\tpc\n", "more fields"],
    ["too many fields", `${"a\t".repeat(40)}\n`, "32 fields"],
    ["too many lines", "id\n".repeat(600), "512 lines"],
  ])("a reply with %s ends with 3", async (_, reply, why) => {
    const { code, stdout, stderr } = await talk(tvmm("list", "images"), [reply]);
    expect([code, stdout.length]).toEqual([3, 0]);
    expect(stderr).toContain(why);
  });

  test("an image that is not there, or that nobody can read, is named", async () => {
    const unknown = await talk(tvmm("create-device", "disk", "--of", "quake"), [IMAGES]);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: "tvmm: unknown-image: there is no image 'quake' in this machine; there are: pc, broken\n",
    });
    const broken = await talk(tvmm("limit", "--images", "broken"), [IMAGES]);
    expect(broken.stderr).toContain("malformed: the descriptor of broken cannot be read");
    expect(broken.code).toBe(1);
  });
});

describe("tvmm: bytes", () => {
  const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255));

  test("memory is read in pieces and written to a file", async () => {
    const all = bytes(65536 * 2 + 5);
    const pieces = [0, 65536, 131072].map((at) => frame("OK", all.subarray(at, at + 65536)));
    const { code, asked } = await talk(tvmm("read-memory", "pc", "0x1000", "131077", "--out", file("out")), pieces);
    expect(code).toBe(0);
    expect(asked.map(told)).toEqual([
      "READ-MEMORY|vm=pc|address=4096|length=65536|",
      "READ-MEMORY|vm=pc|address=69632|length=65536|",
      "READ-MEMORY|vm=pc|address=135168|length=5|",
    ]);
    expect(readFileSync(file("out")).equals(all)).toBe(true);
  });

  test("memory is shown as hexdump shows it", async () => {
    const memory = Buffer.concat([Buffer.from("Terra Lab\n\x1b[2J"), Buffer.alloc(67), Buffer.from("\xff~", "latin1")]);
    const { stdout } = await talk(tvmm("read-memory", "pc", "4K", String(memory.length)), [frame("OK", memory)]);
    expect(stdout.toString()).toBe(
      [
        "00001000  54 65 72 72 61 20 4c 61  62 0a 1b 5b 32 4a 00 00  |Terra Lab..[2J..|",
        "00001010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
        "*",
        "00001050  00 ff 7e                                          |..~|",
        "00001053",
        "",
      ].join("\n"),
    );
  });

  test("no length is too long for a star, and the last address is the last", async () => {
    const pieces = [frame("OK", Buffer.alloc(65536)), frame("OK", Buffer.alloc(65536))];
    const { stdout, asked } = await talk(tvmm("read-memory", "pc", "0xfffe0000", "128K"), pieces);
    expect(asked.map(told)).toContain("READ-MEMORY|vm=pc|address=4294901760|length=65536|");
    expect(stdout.toString().split("\n").slice(1)).toEqual(["*", "100000000", ""]);
  });

  test("fewer or more bytes of memory than were asked for end with 3", async () => {
    for (const length of [0, 9, 11]) {
      const { code, stdout } = await talk(tvmm("read-memory", "pc", "0", "10"), [frame("OK", bytes(length))]);
      expect([code, stdout.length]).toEqual([3, 0]);
    }
  });

  test("memory is written from digits, a file or standard input, in pieces", async () => {
    const hex = await talk(tvmm("write-memory", "pc", "0x10", "--hex", "de ad BEEF 00"), [""]);
    expect(hex.asked[0]?.body).toEqual(
      Buffer.concat([Buffer.from("vm=pc\naddress=16\n\n"), Buffer.from("deadbeef00", "hex")]),
    );
    const all = bytes(65000 + 3);
    writeFileSync(file("in"), all);
    for (const end of [
      tvmm("write-memory", "pc", "1M", "--in", file("in")),
      run(cases.path("tvmm"), ["--device", cases.device.path, "write-memory", "pc", "1M"], all),
    ]) {
      const { code, asked } = await talk(end, ["", ""]);
      expect(code).toBe(0);
      expect(asked[0]?.body).toEqual(
        Buffer.concat([Buffer.from("vm=pc\naddress=1048576\n\n"), all.subarray(0, 65000)]),
      );
      expect(asked[1]?.body).toEqual(Buffer.concat([Buffer.from("vm=pc\naddress=1113576\n\n"), all.subarray(65000)]));
    }
  });

  const piece = (total: number | string, part: Uint8Array) =>
    frame("OK", Buffer.concat([Buffer.from(`${total}\n`), part]));

  test.each(["screenshot", "snapshot"])("a %s comes in pieces over one opening of the device", async (command) => {
    const all = bytes(65000 * 2 + 1);
    const parts = [0, 65000, 130000].map((at) => piece(all.length, all.subarray(at, at + 65000)));
    const { code, asked } = await talk(tvmm(command, "pc", file("out")), parts);
    expect(code).toBe(0);
    const verb = command.toUpperCase();
    expect(asked.map(told)).toEqual([0, 65000, 130000].map((at) => `${verb}|vm=pc|offset=${at}|`));
    expect(readFileSync(file("out")).equals(all)).toBe(true);
    const piped = await talk(tvmm(command, "pc", "-"), [piece(3, bytes(3))]);
    expect(piped.stdout).toEqual(bytes(3));
  });

  test.each<[string, Uint8Array[]]>([
    ["no number", [frame("OK", "picture")]],
    ["nothing", [frame("OK", "")]],
    ["a number without end", [frame("OK", "123")]],
    ["a number that is too long", [frame("OK", `${"9".repeat(30)}\n`)]],
    ["a negative number", [piece(-1, bytes(3))]],
    ["a piece without bytes", [piece(10, bytes(0))]],
    ["more than there should be", [piece(10, bytes(11))]],
    ["another number the second time", [piece(10, bytes(5)), piece(11, bytes(5))]],
    ["more than was left", [piece(10, bytes(5)), piece(10, bytes(6))]],
  ])("a picture with %s ends with 3", async (_, replies) => {
    const { code, stderr } = await talk(tvmm("screenshot", "pc", file("out")), replies);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^tvmm: the reply to SCREENSHOT is not understood: [ -~]+\n$/);
  });

  test("a refusal leaves an old file as it was", async () => {
    writeFileSync(file("out"), "old");
    const { code } = await talk(tvmm("snapshot", "hello", file("out")), [frame("ERR", "closed-box: no\n")]);
    expect([code, readFileSync(file("out"), "utf8")]).toEqual([1, "old"]);
  });

  test("a file that cannot be written is named, and so is one that cannot be read", async () => {
    const picture = await talk(tvmm("screenshot", "pc", "/nowhere/x.png"), [piece(3, bytes(3))]);
    expect([picture.code, picture.stderr]).toEqual([2, "tvmm: /nowhere/x.png: No such file or directory\n"]);
    const memory = await tvmm("write-memory", "pc", "0", "--in", "/nowhere/in");
    expect([memory.code, memory.stderr]).toEqual([2, "tvmm: /nowhere/in: No such file or directory\n"]);
    const full = await talk(tvmm("screenshot", "pc", "/dev/full"), [piece(3, bytes(3))]);
    expect([full.code, full.stderr]).toEqual([2, "tvmm: /dev/full: No space left on device\n"]);
  });
});

describe("tvmm: for whoever watches a script", () => {
  const watched = (...args: string[]) =>
    run("env", [
      `TVMM_TRACE=${file("trace")}`,
      `TVMM_COUNT=${file("count")}`,
      cases.path("tvmm"),
      ...["--device", cases.device.path, ...args],
    ]);

  test("calls and their answers are traced, as a shell would read them, and counted", async () => {
    for (const name of ["trace", "count"]) writeFileSync(file(name), "");
    await talk(watched("create-vm", "pc", "--image", "pc"), ["vm2\n"]);
    await talk(watched("send-keys", "pc", "it's $HOME"), [frame("ERR", "bad-state: off\n")]);
    await watched("on");
    await talk(watched("list", "limits"), ["limit\tvalue\nmemory\t64\n"]);
    await talk(watched("ready"), [""]);
    expect(readFileSync(file("trace"), "utf8").split("\n")).toEqual([
      "+ tvmm create-vm pc --image pc",
      "  vm2",
      "+ tvmm send-keys pc 'it'\\''s $HOME'",
      "  tvmm: bad-state: off",
      "+ tvmm on",
      "  tvmm: on: nothing is named",
      "  usage: tvmm on VM...",
      "+ tvmm list limits",
      "  limit   value",
      "  memory  64",
      "",
    ]);
    expect(readFileSync(file("count"), "utf8")).toBe("done\nrefused\nrefused\ndone\n");
  });

  test("files that cannot be written change nothing", async () => {
    const { code, stdout, stderr } = await talk(watched("create-device", "display"), ["dev1\n"]);
    expect([code, stdout.toString(), stderr]).toEqual([0, "dev1\n", ""]);
  });
});
