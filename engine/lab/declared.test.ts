import { describe, expect, it } from "vitest";
import type { PhysicalRequest } from "../protocol/media.ts";
import { checkAgainstImages, configBytes, imagesWithTrust, readDescriptors, requiredRoles } from "./declared.ts";
import { parseLabDescription } from "./description.ts";
import type { Site } from "./site.ts";
import { defaultPolicy } from "./verifier.ts";

const file = (digit: string) => ({ size: 1, sha256: digit.repeat(64) });
const disk = (slot: number, name: string, kind: string) => {
  return { type: "disk", slot, name, required: true, classes: [kind], counter: false };
};
const IMAGES: Record<string, object[]> = {
  pc: [],
  bank: [
    disk(1, "trust", "attested"),
    disk(2, "config", "raw"),
    { type: "nic", role: "internet", pci: 8, required: true },
    { type: "nic", role: "lan", pci: 9, required: false },
  ],
};

const asked: PhysicalRequest[] = [];
const site = {
  images: {
    images: ["pc", "bank", "other"].map((id) => ({
      id,
      kind: id === "pc" ? "open" : "closed",
      product: `Terra ${id}`,
      version: "1.0.0",
      descriptor: { path: id },
    })),
  },
  measured: { files: [] },
  roots: { hardware: "the root", vendors: { firmware: "f", loader: "l", tvmm: "t", vm: "v" } },
  physical: {
    async call(request: PhysicalRequest) {
      asked.push(request);
      if (request.op !== "file") throw new Error("something else was asked");
      return new TextEncoder().encode(
        JSON.stringify({
          format: "terra-descriptor-1",
          product: "p",
          version: "1.0.0",
          kind: "closed",
          memoryMiB: 32,
          firmware: { stub: file("1"), kernel: file("2") },
          commandLine: "",
          console: "none",
          suspend: true,
          boot: { size: 4096, blockSize: 4096, salt: "ab", root: "3".repeat(64), sha256: "4".repeat(64) },
          devices: IMAGES[request.path.replace("images/", "")],
        }),
      );
    },
  },
} as unknown as Site;

const lab = (vms: object[], more: object = {}) => parseLabDescription({ platforms: [{ id: "alice", vms }], ...more });

describe("what images declare", () => {
  it("is read once for each image that the lab names and the catalogue has", async () => {
    const vms = [
      { name: "pc" },
      { name: "second", image: "pc" },
      { name: "client", image: "bank" },
      { name: "nobody" },
    ];
    const descriptors = await readDescriptors(site, lab(vms, { platforms: [{ id: "bob", management: {}, vms }] }));
    expect(asked.splice(0)).toEqual([
      { op: "file", path: "images/pc" },
      { op: "file", path: "images/bank" },
    ]);
    expect([...descriptors.keys()]).toEqual(["pc", "bank"]);
    expect(imagesWithTrust(lab([...vms, { name: "more", image: "bank" }]), descriptors)).toEqual(["bank"]);
    expect(imagesWithTrust(lab([{ name: "pc" }]), descriptors)).toEqual([]);
    expect(requiredRoles(descriptors.get("bank"))).toEqual(["internet"]);
  });

  it.each<[string, object[], object, string | undefined]>([
    ["a config that its image has a disk for", [{ name: "bank", config: { role: "client" } }], {}, undefined],
    [
      "a config without a disk",
      [{ name: "bank" }, { name: "pc", config: {} }],
      {},
      "bad-argument: lab.platforms[0].vms[1].config should be left out: the image pc has no disk config",
    ],
    ["trust that some box has a disk for", [{ name: "pc" }, { name: "bank" }], { trust: {} }, undefined],
    [
      "trust without a disk",
      [{ name: "pc" }],
      { trust: {} },
      "bad-argument: lab.trust should be left out: no image of its boxes has a disk trust",
    ],
    ["an image that there is not", [{ name: "nobody", config: {} }], {}, undefined],
  ])("is what a description is held against: %s", async (_, vms, more, error) => {
    const description = lab(vms, more);
    const check = async () => checkAgainstImages(description, await readDescriptors(site, description));
    if (error === undefined) await check();
    else await expect(check()).rejects.toThrow(error);
  });
});

describe("a disk config", () => {
  it("has a line for each key, and zeros", () => {
    const bytes = configBytes({ role: "client", peer: "10.0.0.1" });
    expect(bytes).toHaveLength(4096);
    expect(new TextDecoder().decode(bytes).replace(/\0*$/, "")).toBe("role=client\npeer=10.0.0.1\n");
  });
});

describe("the policy of a lab's own verifier", () => {
  const description = lab([{ name: "bank" }]);

  it("requires the trust disk and goes by the lists, where the lab has any", () => {
    const plain = defaultPolicy(site, description, { trust: undefined, revocationLists: [] });
    expect(plain).toEqual(defaultPolicy(site, description));
    expect(Object.keys(plain)).toEqual(["hardwareRoots", "vendorRoots", "accept"]);
    expect(plain.accept?.vm).toEqual([{ product: "Terra bank", minVersion: "1.0.0" }]);
    expect(defaultPolicy(site, description, { trust: "5".repeat(64), revocationLists: ["a list"] })).toEqual({
      ...plain,
      requiredSecondary: { trust: "5".repeat(64) },
      revocationLists: ["a list"],
    });
  });
});
