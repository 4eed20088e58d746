import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { POLICY_SIZE } from "../protocol/configuration.ts";
import { connectionsOf, copiesOf, placed } from "./connections.ts";
import { type PlatformDescription, parseLabDescription } from "./description.ts";
import { type ImageFacts, policyMediumBytes, policyText } from "./policy.ts";

function machine(more: object): PlatformDescription {
  const [platform] = parseLabDescription({
    platforms: [{ id: "alice", management: {}, ...more }],
    wires: [{ id: "lan", ends: ["alice"] }],
  }).platforms;
  if (!platform) throw new Error("no machine");
  return platform;
}

const plain = (): ImageFacts => ({ console: false, vendorCertificates: [], disks: [], roles: [] });

const folder = mkdtempSync(path.join(tmpdir(), "policy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A tool in the place of tvmm: notes each call, numbers what it makes, and refuses what it is told to. */
function run(text: string, refuse = "nothing"): string[] {
  const calls = path.join(folder, "calls");
  writeFileSync(calls, "");
  writeFileSync(
    path.join(folder, "tvmm"),
    `#!/bin/sh
echo "$*" >>"${calls}"
case "$*" in
  *"${refuse}"*) exit 1 ;;
  create-vm*) echo "vm-$2" ;;
  create-device*) echo "dev$(wc -l <"${calls}")" ;;
esac
`,
  );
  chmodSync(path.join(folder, "tvmm"), 0o755);
  // The guest's /run is not this computer's.
  writeFileSync(path.join(folder, "policy"), text.replaceAll("/run/", `${folder}/`));
  execFileSync("sh", [path.join(folder, "policy")], { env: { PATH: `${folder}:${process.env.PATH}` } });
  return readFileSync(calls, "utf8").trimEnd().replaceAll(`${folder}/`, "/run/").split("\n");
}

describe("a policy made from a description", () => {
  it("makes each box with its devices, connects their cards, and switches them on", () => {
    const text = policyText(
      machine({
        vms: [
          { name: "a-pc", image: "pc", nics: [{ connect: ["eth0"] }, { role: "inside", connect: ["2nd"] }] },
          { name: "2nd", image: "pc", on: false, nics: [{ connect: ["a-pc"] }], cpuShare: 0.25 },
          { name: "shut", image: "hello", asOpen: true, checking: "ahead-of-time" },
        ],
      }),
      ({ image }) => ({ ...plain(), console: image === "pc" }),
    );
    expect(run(text)).toEqual([
      "create-vm a-pc --medium pc.firmware --image pc",
      "create-device disk --of pc",
      "attach a-pc dev2",
      "create-device serial --purpose attestation",
      "attach a-pc dev4",
      "create-device display",
      "attach a-pc dev6",
      "create-device serial --purpose console",
      "attach a-pc dev8",
      "create-device nic",
      "attach a-pc dev10",
      "create-device nic --role inside",
      "attach a-pc dev12",
      "create-vm 2nd --medium pc.2.firmware --image pc --share 0.25",
      "create-device disk --of pc.2",
      "attach 2nd dev15",
      "create-device serial --purpose attestation",
      "attach 2nd dev17",
      "create-device display",
      "attach 2nd dev19",
      "create-device serial --purpose console",
      "attach 2nd dev21",
      "create-device nic",
      "attach 2nd dev23",
      "create-vm shut --medium hello.firmware --image hello --as-open --checking ahead-of-time",
      "create-device disk --of hello",
      "attach shut dev26",
      "create-device serial --purpose attestation",
      "attach shut dev28",
      "create-device display",
      "attach shut dev30",
      "connect dev10 eth0",
      "connect dev12 dev23",
      "connect dev23 dev10",
      "on a-pc",
      "on shut",
    ]);
  });

  it("makes the disks that images declare, and the cards that they cannot do without", () => {
    const root = "5".repeat(64);
    const text = policyText(
      machine({
        vms: [
          { name: "bank-client", nics: [{ role: "internet", connect: ["eth0"] }] },
          { name: "pc", nics: [{ connect: ["bank-client"] }] },
        ],
      }),
      ({ name }) => ({
        ...plain(),
        disks:
          name === "pc"
            ? []
            : [
                { medium: "bank-client.trust", root, slot: 1 },
                { medium: "bank-client.config", slot: 2 },
              ],
        roles: ["internet"],
      }),
    );
    expect(run(text).filter((call) => /slot|nic|connect|create-vm/.test(call))).toEqual([
      "create-vm bank-client --medium bank-client.firmware --image bank-client",
      `create-device disk --slot 1 --medium bank-client.trust --class attested --root ${root} --salt `,
      "create-device disk --slot 2 --medium bank-client.config --class raw",
      "create-device nic --role internet",
      "create-vm pc --medium pc.firmware --image pc",
      "create-device nic",
      "create-device nic --role internet",
      "connect dev12 eth0",
      "connect dev21 dev12",
    ]);
    expect(run(text, "bank-client.trust").filter((call) => call.startsWith("attach bank-client"))).toHaveLength(5);
    expect(run(text).filter((call) => call.startsWith("attach bank-client"))).toHaveLength(6);
  });

  it("goes on with the other boxes where one is refused", () => {
    const text = policyText(machine({ vms: [{ name: "one" }, { name: "two" }] }), plain);
    expect(run(text, "create-vm one")).toEqual([
      "create-vm one --medium one.firmware --image one",
      "create-vm two --medium two.firmware --image two",
      "create-device disk --of two",
      "attach two dev3",
      "create-device serial --purpose attestation",
      "attach two dev5",
      "create-device display",
      "attach two dev7",
      "on one",
      "on two",
    ]);
  });

  it("hands on what the vendors say, byte for byte", () => {
    const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}+/==\n-----END CERTIFICATE-----\n`;
    const text = policyText(
      machine({ vms: [{ name: "hello" }, { name: "again", image: "hello" }, { name: "pc" }] }),
      (box) => ({
        ...plain(),
        vendorCertificates: box.image === "hello" ? [pem("one"), pem("two")] : [],
      }),
    );
    const made = run(text).filter((call) => call.startsWith("create-vm"));
    expect(made).toEqual([
      "create-vm hello --medium hello.firmware --image hello --vendor-certificates /run/hello.pem",
      "create-vm again --medium hello.2.firmware --image hello --vendor-certificates /run/hello.pem",
      "create-vm pc --medium pc.firmware --image pc",
    ]);
    expect(readFileSync(path.join(folder, "hello.pem"), "utf8")).toBe(pem("one") + pem("two"));
  });

  it("takes no medium that the management box has", () => {
    const text = policyText(machine({ management: { image: "pc" }, vms: [{ name: "pc" }] }), plain);
    expect(run(text)[0]).toBe("create-vm pc --medium pc.2.firmware --image pc");
  });

  it("does nothing where there is nothing to make", () => {
    expect(run(policyText(machine({}), plain))).toEqual([""]);
  });
});

describe("the policy's medium", () => {
  it("has the text and then zeros", () => {
    const bytes = policyMediumBytes("tvmm list # é\n");
    expect(bytes).toHaveLength(POLICY_SIZE);
    expect(new TextDecoder().decode(bytes).replace(/\0*$/, "")).toBe("tvmm list # é\n");
  });

  it("is full with its size, and no more", () => {
    expect(policyMediumBytes("x".repeat(POLICY_SIZE))).toHaveLength(POLICY_SIZE);
    expect(() => policyMediumBytes("x".repeat(POLICY_SIZE + 1))).toThrow("bad-argument: the policy has 65537 bytes");
  });
});

describe("what follows from a description", () => {
  const platform = machine({
    management: { image: "pc" },
    vms: [
      { name: "a", image: "pc", nics: [{ connect: ["b", "eth0"] }] },
      { name: "b", image: "pc", nics: [{ connect: ["a"] }, { connect: ["eth0"] }] },
      { name: "c", image: "hello" },
    ],
  });

  it("is a copy of its image's media for each box", () => {
    expect(placed(platform).map(({ box, copy }) => [box.name, copy])).toEqual([
      ["a", 2],
      ["b", 3],
      ["c", 1],
    ]);
    expect([...copiesOf(platform)]).toEqual([
      ["pc", 3],
      ["hello", 1],
    ]);
  });

  it("is each connection once, though both of its ends name it", () => {
    expect(connectionsOf(platform)).toEqual([
      { a: { box: "a", card: 0 }, b: { box: "b", card: 0 } },
      { a: { box: "a", card: 0 }, b: "eth0" },
      { a: { box: "b", card: 1 }, b: "eth0" },
    ]);
  });
});
