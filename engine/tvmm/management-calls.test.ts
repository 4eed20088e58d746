/** All calls of the management interface, over COM3 and at the owner's port: one implementation, so one table drives both. */
import { expect, it, onTestFinished } from "vitest";
import { MANAGEMENT_VERBS } from "../protocol/management-device.ts";
import type { OwnerRequest } from "../protocol/owner.ts";
import type { Bench } from "./testing/bench.ts";
import { ascii } from "./testing/com3.ts";
import { hello, managedMachine, pc, toldBy } from "./testing/managed.ts";

const { root, salt } = pc.descriptor.boot;

const look = async (tb: Bench) => ({
  vms: await tb.vms(),
  devices: await tb.devices(),
  limits: await tb.ask({ op: "limits" }),
});

interface Call {
  verb: string;
  values: Record<string, string | number>;
  raw?: Uint8Array;
  request: OwnerRequest;
}
const call = (verb: string, values: Call["values"], request: OwnerRequest, raw?: Uint8Array): Call =>
  raw ? { verb, values, request, raw } : { verb, values, request };
const onVm = (verb: "ON" | "OFF" | "SUSPEND" | "RESUME" | "DESTROY-VM", vm: string, id = vm): Call =>
  call(verb, { vm }, { op: verb.toLowerCase() as "on", vm: id });
const join = (verb: "CONNECT" | "DISCONNECT", a: string, b: string): Call =>
  call(verb, { a, b }, { op: verb.toLowerCase() as "connect", a, b });
const put = (verb: "ATTACH" | "DETACH", vm: string, device: string, id = vm): Call =>
  call(verb, { vm, device }, { op: verb.toLowerCase() as "attach", vm: id, device });
const createPc = (name: string, medium = "pc.firmware"): Call =>
  call("CREATE-VM", { name, medium }, { op: "create-vm", config: { name, medium, image: "pc" } });

/** One life of a machine, each call right and wrong; the management box has vm1 and dev1 to dev6. */
const LIFE: Call[] = [
  createPc("pc"), // vm2
  createPc("pc"),
  createPc("tvmm"),
  createPc("no", "no.firmware"),
  call(
    "CREATE-VM",
    { name: "hello", medium: "hello.firmware", image: "hello", checking: "ahead-of-time", share: 0.5 },
    {
      op: "create-vm",
      config: { name: "hello", medium: "hello.firmware", image: "hello", checking: "ahead-of-time", cpuShare: 0.5 },
    },
  ), // vm3
  call(
    "CREATE-VM",
    { name: "both", medium: "hello.firmware", image: "x", "as-open": "true", checking: "none" },
    { op: "create-vm", config: { name: "both", medium: "hello.firmware", image: "x", asOpen: true, checking: "none" } },
  ), // vm4
  call(
    "CREATE-VM",
    { name: "v", medium: "pc.firmware", "vendor-certificates": btoa("-----BEGIN CERTIFICATE-----\n!\n") },
    {
      op: "create-vm",
      config: {
        name: "v",
        medium: "pc.firmware",
        image: "pc",
        vendorCertificates: ["-----BEGIN CERTIFICATE-----\n!\n"],
      },
    },
  ),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "pc.boot", class: "attested", root, salt, slot: "0x0" },
    { op: "create-device", device: { type: "disk", medium: "pc.boot", class: "attested", root, salt, slot: 0 } },
  ), // dev7
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "pc.boot", class: "raw" },
    { op: "create-device", device: { type: "disk", medium: "pc.boot", class: "raw" } },
  ),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "blank.disk", class: "raw", slot: 5, serial: "mine" },
    { op: "create-device", device: { type: "disk", medium: "blank.disk", class: "raw", slot: 5, serial: "mine" } },
  ), // dev8
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "nowhere", class: "raw" },
    { op: "create-device", device: { type: "disk", medium: "nowhere", class: "raw" } },
  ),
  call("CREATE-DEVICE", { type: "nic" }, { op: "create-device", device: { type: "nic" } }), // dev9
  call(
    "CREATE-DEVICE",
    { type: "nic", role: "lan", mac: "52:54:00:12:34:56" },
    { op: "create-device", device: { type: "nic", role: "lan", mac: "52:54:00:12:34:56" } },
  ), // dev10
  call(
    "CREATE-DEVICE",
    { type: "nic", mac: "53:54:00:12:34:56" },
    { op: "create-device", device: { type: "nic", mac: "53:54:00:12:34:56" } },
  ),
  call("CREATE-DEVICE", { type: "display" }, { op: "create-device", device: { type: "display" } }), // dev11
  call(
    "CREATE-DEVICE",
    { type: "serial", purpose: "console" },
    { op: "create-device", device: { type: "serial", purpose: "console" } },
  ), // dev12
  call(
    "CREATE-DEVICE",
    { type: "serial", purpose: "management" },
    { op: "create-device", device: { type: "serial", purpose: "management" } },
  ), // dev13
  put("ATTACH", "pc", "dev7", "vm2"),
  put("ATTACH", "vm2", "dev8"),
  put("ATTACH", "pc", "dev9", "vm2"),
  put("ATTACH", "pc", "dev11", "vm2"),
  put("ATTACH", "pc", "dev11", "vm2"),
  put("ATTACH", "pc", "dev13", "vm2"),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "hello.boot", class: "attested", root: hello.descriptor.boot.root, salt, slot: 0 },
    {
      op: "create-device",
      device: {
        type: "disk",
        medium: "hello.boot",
        class: "attested",
        root: hello.descriptor.boot.root,
        salt,
        slot: 0,
      },
    },
  ), // dev14
  put("ATTACH", "hello", "dev14", "vm3"),
  put("ATTACH", "hello", "dev12", "vm3"),
  put("ATTACH", "pc", "dev99", "vm2"),
  put("ATTACH", "nobody", "dev12"),
  put("DETACH", "pc", "dev8", "vm2"),
  put("DETACH", "pc", "dev8", "vm2"),
  join("CONNECT", "dev9", "dev10"),
  join("CONNECT", "dev10", "dev9"),
  join("CONNECT", "dev9", "eth0"),
  join("CONNECT", "eth0", "eth1"),
  join("CONNECT", "dev9", "dev9"),
  join("CONNECT", "dev9", "dev7"),
  join("DISCONNECT", "dev9", "dev10"),
  join("DISCONNECT", "dev9", "dev10"),
  onVm("ON", "pc", "vm2"),
  onVm("ON", "pc", "vm2"),
  onVm("ON", "hello", "vm3"),
  onVm("ON", "nobody"),
  put("DETACH", "pc", "dev9", "vm2"),
  call(
    "READ-MEMORY",
    { vm: "pc", address: "0x10", length: 16 },
    { op: "read-memory", vm: "vm2", address: 16, length: 16 },
  ),
  call(
    "READ-MEMORY",
    { vm: "pc", address: "0x4000000", length: 1 },
    { op: "read-memory", vm: "vm2", address: 0x4000000, length: 1 },
  ),
  call("READ-MEMORY", { vm: "hello", address: 0, length: 1 }, { op: "read-memory", vm: "vm3", address: 0, length: 1 }),
  call(
    "WRITE-MEMORY",
    { vm: "pc", address: 4096 },
    { op: "write-memory", vm: "vm2", address: 4096, bytes: Uint8Array.from([0, 10, 10, 255]) },
    Uint8Array.from([0, 10, 10, 255]),
  ),
  call(
    "WRITE-MEMORY",
    { vm: "hello", address: 0 },
    { op: "write-memory", vm: "vm3", address: 0, bytes: new Uint8Array(1) },
    new Uint8Array(1),
  ),
  call("SEND-KEYS", { vm: "pc" }, { op: "send-keys", vm: "vm2", text: "id\n" }, ascii("id\n")),
  call("SEND-KEYS", { vm: "hello" }, { op: "send-keys", vm: "vm3", text: "id\n" }, ascii("id\n")),
  call("SCREENSHOT", { vm: "pc" }, { op: "screenshot", vm: "vm2" }),
  call("SCREENSHOT", { vm: "hello" }, { op: "screenshot", vm: "vm3" }),
  call("SNAPSHOT", { vm: "pc" }, { op: "snapshot", vm: "vm2" }),
  call("SNAPSHOT", { vm: "hello" }, { op: "snapshot", vm: "vm3" }),
  call("SNAPSHOT", { vm: "both" }, { op: "snapshot", vm: "vm4" }),
  onVm("SUSPEND", "pc", "vm2"),
  onVm("SUSPEND", "pc", "vm2"),
  onVm("SUSPEND", "hello", "vm3"),
  onVm("RESUME", "pc", "vm2"),
  onVm("RESUME", "pc", "vm2"),
  onVm("DESTROY-VM", "pc", "vm2"),
  onVm("OFF", "pc", "vm2"),
  onVm("OFF", "pc", "vm2"),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  onVm("DESTROY-VM", "pc", "vm2"),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  call("DESTROY-DEVICE", { device: "eth0" }, { op: "destroy-device", device: "eth0" }),
];

/** What the owner's port answered, as COM3 would say it. */
async function asText(tb: Bench, { op, request }: { op: string; request: OwnerRequest }): Promise<string> {
  try {
    const value = await tb.ask(request);
    if (typeof value === "string") return `OK ${value}\n`;
    if (!(value instanceof Uint8Array)) return "OK ";
    const piece = op === "screenshot" || op === "snapshot" ? `${value.length}\n` : "";
    return `OK ${piece}${new TextDecoder().decode(value)}`;
  } catch (thrown) {
    return `ERR ${thrown instanceof Error ? thrown.message : thrown}\n`;
  }
}

it("each call has the same effect and the same errors as at the owner's port", async () => {
  const box = await managedMachine();
  onTestFinished(box.close);
  const owner = await managedMachine();
  onTestFinished(owner.close);
  const codes = new Set<string>();
  for (const { verb, values, raw, request } of LIFE) {
    const what = `${verb} ${JSON.stringify(values)}`;
    const { word, text } = await box.com3.call(verb, values, raw);
    expect(`${word} ${text}`, what).toBe(await asText(owner, { op: request.op, request }));
    expect(await look(box), what).toEqual(await look(owner));
    codes.add(word === "OK" ? verb : `${verb} ${text.split(":")[0]}`);
  }
  expect(toldBy(box, "management")).toEqual(toldBy(owner, "owner"));
  expect(box.workers.workers.map(({ requests }) => requests.filter(({ op }) => op === "write-memory"))).toEqual([
    [],
    [{ op: "write-memory", address: 4096, bytes: Uint8Array.from([0, 10, 10, 255]) }],
    [],
  ]);
  // Each call once right and once wrong.
  const both = MANAGEMENT_VERBS.filter((verb) => !["LIST", "LIMIT", "READY"].includes(verb)).sort();
  expect([...codes].filter((each) => !each.includes(" ")).sort()).toEqual(both);
  const wrong = new Set([...codes].filter((each) => each.includes(" ")).map((each) => each.split(" ")[0]));
  expect([...wrong].sort()).toEqual(both);
  expect([...codes].filter((each) => each.includes(" closed-box")).map((each) => each.split(" ")[0])).toEqual([
    "ATTACH",
    "READ-MEMORY",
    "WRITE-MEMORY",
    "SEND-KEYS",
    "SCREENSHOT",
    "SNAPSHOT",
    "SUSPEND",
  ]);
});
