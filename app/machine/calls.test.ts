import { describe, expect, it } from "vitest";
import type { Management } from "../../engine/lab/api.ts";
import { carryOut, commandLine, isOurs, literal, type OwnerCall, scriptLine } from "./calls.ts";
import { bootTree, deviceCall, emptyDevice, emptyVm, imageOnMedium, vmCall } from "./create.ts";

const image = {
  id: "hello",
  kind: "closed" as const,
  product: "Terra Lab hello",
  version: "1.0.0",
  descriptor: new Uint8Array(),
  primary: "00",
  vendorCertificates: ["PEM"],
};

/** A management interface that writes down what it was asked. */
function recorder(): { management: Management; asked: string[] } {
  const asked: string[] = [];
  const management = new Proxy({} as Management, {
    get:
      (_, name) =>
      async (...args: unknown[]) => {
        asked.push(`${String(name)}(${args.map(literal).join(", ")})`);
        return name === "createVm" || name === "createDevice" ? "new1" : undefined;
      },
  });
  return { management, asked };
}

const calls: [call: OwnerCall, command: string, script: string][] = [
  [{ verb: "ON", vm: "vm2", name: "pc" }, "tvmm on pc", 'on("vm2")'],
  [{ verb: "DESTROY-VM", vm: "vm2", name: "pc" }, "tvmm destroy-vm pc", 'destroyVm("vm2")'],
  [{ verb: "ATTACH", vm: "vm2", name: "pc", device: "dev1" }, "tvmm attach pc dev1", 'attach("vm2", "dev1")'],
  [{ verb: "DISCONNECT", a: "dev1", b: "eth0" }, "tvmm disconnect dev1 eth0", 'disconnect("dev1", "eth0")'],
  [{ verb: "DESTROY-DEVICE", device: "dev1" }, "tvmm destroy-device dev1", 'destroyDevice("dev1")'],
  [
    deviceCall({ ...emptyDevice, medium: "a b", counter: true, slot: "3" }),
    "tvmm create-device disk --medium 'a b' --class raw --slot 3 --counter",
    'createDevice({ type: "disk", medium: "a b", slot: 3, class: "raw", counter: true })',
  ],
  [
    deviceCall({ ...emptyDevice, type: "serial", purpose: "management" }),
    "tvmm create-device serial --purpose management",
    'createDevice({ type: "serial", purpose: "management" })',
  ],
  [
    vmCall({ ...emptyVm, name: "it's", image: "other.firmware", asOpen: true, cpuShare: "0.5" }, [image]),
    "tvmm create-vm 'it'\\''s' --image other.firmware --medium other.firmware --as-open --share 0.5",
    'createVm({ name: "it\'s", image: { medium: "other.firmware" }, asOpen: true, cpuShare: 0.5 })',
  ],
];

describe("a call", () => {
  it.each(calls)("%o is the same at the shell, in a script, and when it is made", async (call, command, script) => {
    expect(commandLine(call)).toBe(command);
    expect(scriptLine("alice", call)).toBe(`await terra.lab.platform("alice").management.${script};`);
    const { management, asked } = recorder();
    const made = await carryOut(management, call);
    expect(asked).toEqual([script]);
    expect(made).toBe(call.verb.startsWith("CREATE") ? "new1" : undefined);
  });

  it("hands the vendor’s certificates on, and a script’s line says where they come from", async () => {
    const call = vmCall({ ...emptyVm, name: "x", image: "hello" }, [image]);
    expect(commandLine(call)).toBe("tvmm create-vm x --image hello --vendor-certificates /run/hello.pem");
    expect(scriptLine("alice", call)).toContain(
      'vendorCertificates: (await terra.images()).find(({ id }) => id === "hello").vendorCertificates })',
    );
    const { management, asked } = recorder();
    await carryOut(management, call);
    expect(asked).toEqual(['createVm({ name: "x", image: "hello", vendorCertificates: ["PEM"] })']);
  });

  it("finds the tree of an image’s boot disk by the medium that it lies on, a second copy’s too", () => {
    const boot = { root: "aa", salt: "bb" };
    const known = { ...image, descriptor: new TextEncoder().encode(JSON.stringify({ boot })) };
    expect(bootTree(imageOnMedium("hello.boot", [known]))).toEqual(boot);
    expect(bootTree(imageOnMedium("hello.2.boot", [known]))).toEqual(boot);
    expect(bootTree(imageOnMedium("hello.firmware", [known]))).toBeNull();
    expect(bootTree(image)).toBeNull();
  });

  it("is the paper’s unless it destroys", () => {
    expect(isOurs("DESTROY-VM")).toBe(true);
    expect(isOurs("SUSPEND")).toBe(false);
  });

  it("carries whatever stands in the form: the TVMM judges it", () => {
    const call = deviceCall({ ...emptyDevice, type: "disk", medium: "flash", slot: "many" });
    expect(call).toMatchObject({ device: { medium: "flash", slot: Number.NaN } });
  });
});
