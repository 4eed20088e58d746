/** The command `tvmm` used wrongly, and its help. */
import { describe, expect, test } from "vitest";
import { programCases } from "./test/cases.ts";
import { run } from "./test/programs.ts";

const ROOT = "fedcba9876543210".repeat(4);

const cases = programCases("tvmm");

describe("tvmm: wrong usage ends with 2 and asks for nothing", () => {
  test.each<[string[], string]>([
    [[], "what to do is missing"],
    [["frobnicate"], "there is no command 'frobnicate'; 'tvmm help' lists them"],
    [["help", "frobnicate"], "there is no command 'frobnicate'"],
    [["--frobnicate", "list"], "there is no option --frobnicate before the command"],
    [["--patience"], "a value is missing behind --patience"],
    [["--patience", "soon", "list"], "--patience is 'soon'"],
    [["create-vm", "--image", "pc"], "nothing is named"],
    [["create-vm", "pc"], "--image is missing: 'tvmm list images' shows"],
    [["create-vm", "a", "b", "--image", "pc"], "'b' is one word too many"],
    [["create-vm", "a", "--image"], "a value is missing behind --image"],
    [["create-vm", "a", "--image", "pc", "--image", "pc"], "--image is given twice"],
    [["create-vm", "a", "--colour", "red"], "there is no option --colour"],
    [["create-vm", "a\nmedium=x", "--image", "pc"], "name must be one line"],
    [["create-vm", "a", "--image", "x".repeat(200)], "is no image's id"],
    [["create-device"], "the kind of device is missing: disk, nic, display or serial"],
    [["create-device", "mouse"], "'mouse' is no kind of device; there are disk, nic, display and serial"],
    [["create-device", "disk", "--class", "raw"], "--medium is missing: 'tvmm list media' shows"],
    [["create-device", "disk", "--medium", "m"], "--class is missing: raw, or attested"],
    [["create-device", "disk", "--medium", "m", "--class", "attested", "--root", ROOT], "both --root and --salt"],
    [["create-device", "disk", "--of", "pc", "--salt", "00"], "--of says root and salt already"],
    [["create-device", "nic", "eth0"], "'eth0' is one word too many"],
    [["create-device", "serial"], "--purpose is missing: console, attestation or management"],
    [["attach", "vm1"], "something is missing\nusage: tvmm attach VM DEVICE..."],
    [["connect", "dev1"], "something is missing\nusage: tvmm connect DEVICE DEVICE"],
    [["on"], "nothing is named\nusage: tvmm on VM..."],
    [["list", "boxes"], "there is no list of 'boxes'\nusage: tvmm list [vms|devices|media|images|limits]"],
    [["read-memory", "pc", "here", "4"], "the address is 'here'; it should be a number like 4096, 4K or 0x1000"],
    [["read-memory", "pc", "0x", "4"], "the address is '0x'"],
    [["read-memory", "pc", "-5", "4"], "there is no option -5"],
    [["read-memory", "pc", "0", "4KB"], "the length is '4KB'"],
    [["read-memory", "pc", "0x100000000", "1"], "at most 4294967295 is possible"],
    [["read-memory", "pc", "99999999999999999999999", "1"], "at most 4294967295 is possible"],
    [["read-memory", "pc", "0xffffffff", "2"], "at most 1 is possible"],
    [["read-memory", "pc", "0", "8388608K"], "at most 4294967296 is possible"],
    [["write-memory", "pc", "0", "--hex", "0x12"], "'0x12' is no row of bytes"],
    [["write-memory", "pc", "0", "--hex", "123"], "'3' is no row of bytes"],
    [["write-memory", "pc", "0", "--hex", "12", "--in", "f"], "--hex and --in are given both"],
    [["write-memory", "pc", "0", "--hex", "00".repeat(65001)], "--hex holds 65000 bytes at most"],
    [["send-keys", "pc", "x".repeat(65536)], "a request holds at most 65536 bytes"],
    [["limit"], "no limit is named ('tvmm list limits' shows them)"],
    [["limit", "--memory", "1", "--vm", "pc"], "--vm goes with --share only"],
    [["limit", "--images", "pc,,hello"], "is no list of images like pc,hello"],
    [["ready", "--done", "many"], "--done is 'many'"],
  ])("%j", async (args, why) => {
    const { code, stdout, stderr } = await run(cases.path("tvmm"), ["--device", "/nowhere", ...args]);
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toContain(why);
  });

  test("help names every command, and each has its own", async () => {
    const { code, stdout } = await run(cases.path("tvmm"), ["help"]);
    expect(code).toBe(0);
    const commands = [...stdout.toString().matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map((match) => match[1] ?? "");
    expect(commands).toEqual([
      ...["create-vm", "attach", "detach", "on", "off", "suspend", "resume", "destroy-vm"],
      ...["create-device", "destroy-device", "connect", "disconnect"],
      ...["read-memory", "write-memory", "screenshot", "snapshot", "send-keys"],
      ...["list", "limit", "ready"],
    ]);
    for (const command of commands) {
      const helped = await run(cases.path("tvmm"), ["help", command]);
      expect(helped.stdout.toString()).toMatch(new RegExp(`^usage: tvmm ${command} `));
      expect(await run(cases.path("tvmm"), [command, "--help"])).toEqual(helped);
    }
    for (const line of stdout.toString().split("\n")) expect(line.length, line).toBeLessThan(120);
  });
});
