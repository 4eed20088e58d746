import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.ts";
import { CONFIG_SIZE, configText, parseLabDescription, wiresOf } from "./description.ts";

const lab = (more: object) => ({ platforms: [{ id: "alice" }, { id: "bob" }], ...more });
const box = (more: object) => ({ platforms: [{ id: "alice", ...more }] });

describe("a lab's description", () => {
  it("needs nothing but machines, and says what was left out", () => {
    expect(parseLabDescription({ platforms: [{ id: "alice" }] })).toEqual({
      id: "custom",
      title: "custom",
      platforms: [{ id: "alice", title: "alice", tvmm: "release", vms: [] }],
      wires: [],
    });
  });

  it("names boxes, cards, wires and a management box", () => {
    const description = parseLabDescription({
      id: "mine",
      title: "Mine",
      platforms: [
        {
          id: "alice",
          title: "Alice",
          tvmm: "debug",
          focus: "boss",
          management: { name: "boss", image: "pc", policy: "tvmm list\n" },
          vms: [
            { name: "pc", nics: [{ connect: ["eth0", "firewall"] }], cpuShare: 0.5 },
            {
              name: "firewall",
              image: "hello",
              on: false,
              checking: "optimistic",
              asOpen: true,
              nics: [{ role: "lan" }],
            },
          ],
        },
        { id: "bob", management: {} },
      ],
      wires: [{ id: "lan", ends: ["bob", "alice"] }],
      accept: [{ product: "Terra Lab hello", minVersion: "1.0.0" }, { product: "other" }],
    });
    expect(description).toEqual({
      id: "mine",
      title: "Mine",
      platforms: [
        {
          id: "alice",
          title: "Alice",
          tvmm: "debug",
          focus: "boss",
          management: { name: "boss", image: "pc", policy: "tvmm list\n" },
          vms: [
            {
              name: "pc",
              image: "pc",
              on: true,
              vendorCertificate: true,
              nics: [{ connect: ["eth0", "firewall"] }],
              cpuShare: 0.5,
            },
            {
              name: "firewall",
              image: "hello",
              on: false,
              checking: "optimistic",
              asOpen: true,
              vendorCertificate: true,
              nics: [{ role: "lan", connect: [] }],
            },
          ],
        },
        {
          id: "bob",
          title: "bob",
          tvmm: "release",
          management: { name: "management", image: "management" },
          vms: [],
        },
      ],
      wires: [{ id: "lan", ends: ["bob", "alice"] }],
      accept: [{ product: "Terra Lab hello", minVersion: "1.0.0" }, { product: "other" }],
    });
  });

  it("plugs each machine's cards into its wires in their order", () => {
    const { wires } = parseLabDescription(
      lab({
        wires: [
          { id: "lan", ends: ["alice", "bob"] },
          { id: "dmz", ends: ["bob"] },
          { id: "wan", ends: ["bob", "alice"] },
        ],
      }),
    );
    expect(wiresOf({ wires }, "alice")).toEqual(["lan", "wan"]);
    expect(wiresOf({ wires }, "bob")).toEqual(["lan", "dmz", "wan"]);
  });

  const wrong: [string, unknown, string][] = [
    ["is no object", 7, "lab is 7; it should be an object"],
    ["has no machines", { platforms: [] }, "lab.platforms is a list of 0; it should be a list of at least one machine"],
    ["has an unknown field", lab({ wire: [] }), "lab.wire is a list of 0; it should be left out"],
    ["names a machine twice", { platforms: [{ id: "a" }, { id: "a" }] }, 'lab.platforms is "a"; it should be unique'],
    ["has wires that are no list", lab({ wires: {} }), "lab.wires is an object; it should be a list"],
    [
      "has a wire without a name",
      lab({ wires: [{ ends: ["bob"] }] }),
      "lab.wires[0].id is undefined; it should be a name",
    ],
    [
      "has a wire without ends",
      lab({ wires: [{ id: "lan", ends: [] }] }),
      "lab.wires[0].ends is a list of 0; it should be a list of",
    ],
    [
      "has a wire to nowhere",
      lab({ wires: [{ id: "lan", ends: ["alice", "carol"] }] }),
      'lab.wires[0].ends[1] is "carol"; it should be one of the machines: alice, bob',
    ],
    [
      "has a machine twice on a wire",
      lab({ wires: [{ id: "lan", ends: ["bob", "bob"] }] }),
      'lab.wires[0].ends is "bob"; it should be unique',
    ],
    [
      "names a wire twice",
      lab({ wires: ["alice", "bob"].map((end) => ({ id: "lan", ends: [end] })) }),
      'lab.wires is "lan"; it should be unique',
    ],
    [
      "has two boxes of one name",
      box({ vms: [{ name: "pc" }, { name: "pc" }] }),
      'lab.platforms[0].vms is "pc"; it should be',
    ],
    [
      "calls a box like its management box",
      box({ management: {}, vms: [{ name: "management" }] }),
      'lab.platforms[0].vms is "management"; it should be unique',
    ],
    [
      "has a management box that is none",
      box({ management: true }),
      "lab.platforms[0].management is true; it should be an object",
    ],
    [
      "has a policy that its disk does not hold",
      box({ management: { policy: "é".repeat(32_769) } }),
      'lab.platforms[0].management.policy is "65538 bytes of text"; it should be at most 65536 bytes',
    ],
    [
      "has a policy with a zero byte",
      box({ management: { policy: "tvmm\0list" } }),
      'lab.platforms[0].management.policy is "a text with a zero byte"',
    ],
    [
      "has a share of nothing",
      box({ vms: [{ name: "pc", cpuShare: 0 }] }),
      "lab.platforms[0].vms[0].cpuShare is 0; it should be a number over 0 and at most 1",
    ],
    [
      "checks in no known way",
      box({ vms: [{ name: "pc", checking: "never" }] }),
      'lab.platforms[0].vms[0].checking is "never"; it should be "ahead-of-time", "optimistic" or "none"',
    ],
    [
      "connects with a card that the machine has not",
      box({ vms: [{ name: "pc", nics: [{ connect: ["eth0"] }] }] }),
      'lab.platforms[0].vms[0].nics[0].connect is "eth0"; it should be left out',
    ],
    [
      "connects a box with itself",
      box({
        vms: [
          { name: "pc", nics: [{ connect: ["pc"] }] },
          { name: "second", nics: [{}] },
        ],
      }),
      'lab.platforms[0].vms[0].nics[0].connect is "pc"; it should be one of second',
    ],
    [
      "connects with a box that has no card",
      {
        ...box({ vms: [{ name: "pc", nics: [{ connect: ["b"] }] }, { name: "b" }] }),
        wires: [{ id: "lan", ends: ["alice"] }],
      },
      'lab.platforms[0].vms[0].nics[0].connect is "b"; it should be one of eth0',
    ],
    [
      "connects twice with the same",
      box({
        vms: [
          { name: "pc", nics: [{ connect: ["b", "b"] }] },
          { name: "b", nics: [{}] },
        ],
      }),
      'lab.platforms[0].vms[0].nics[0].connect is "b"; it should be unique',
    ],
    [
      "has the monitor nowhere",
      box({ vms: [{ name: "pc" }], focus: "tv" }),
      'focus is "tv"; it should be one of its boxes: pc',
    ],
    [
      "configures with a number",
      box({ vms: [{ name: "pc", config: { port: 443 } }] }),
      "lab.platforms[0].vms[0].config.port is 443; it should be a text without control characters",
    ],
    [
      "configures with two lines",
      box({ vms: [{ name: "pc", config: { role: "client\nroot=x" } }] }),
      "lab.platforms[0].vms[0].config.role is",
    ],
    [
      "configures what has no name",
      box({ vms: [{ name: "pc", config: { "a=b": "c" } }] }),
      'lab.platforms[0].vms[0].config.a=b is "c"; it should be left out',
    ],
    [
      "configures more than its disk holds",
      box({ vms: [{ name: "pc", config: { role: "x".repeat(4091) } }] }),
      'config is "4097 bytes of text"; it should be at most 4096 bytes',
    ],
    [
      "trusts a layer that there is not",
      lab({ trust: { accept: { kernel: [] } } }),
      "it should be left out; known are firmware, loader, tvmm, vm",
    ],
    [
      "trusts a product and a digest in one",
      lab({ trust: { roles: { client: { accept: { vm: [{ digest: "0".repeat(64), product: "p" }] } } } } }),
      'lab.trust.roles.client.accept.vm[0].product is "p"; it should be left out; known are digest',
    ],
    [
      "trusts what is no digest",
      lab({ trust: { accept: { vm: [{ digest: "00" }] } } }),
      'lab.trust.accept.vm[0].digest is "00"; it should be 64 lower-case hex digits',
    ],
    ["brings roots of its own", lab({ trust: { hardwareRoots: [] } }), "lab.trust.hardwareRoots is "],
    ["gives a role no policy", lab({ trust: { roles: { client: "all" } } }), 'lab.trust.roles.client is "all"'],
    ["accepts nothing by name", lab({ accept: [{ minVersion: "1.0.0" }] }), "lab.accept[0].product is undefined"],
  ];
  it("says what boxes are told, and what they are told to trust", () => {
    const accept = { vm: [{ product: "Bank", minVersion: "2.0" }, { digest: "0".repeat(64) }], tvmm: [] };
    const description = parseLabDescription({
      ...box({ vms: [{ name: "pc", config: { role: "client", peer: "10.0.0.1" } }] }),
      trust: { requiredSecondary: { rules: "1".repeat(64) }, roles: { client: { accept } } },
    });
    expect(description.platforms[0]?.vms[0]?.config).toEqual({ role: "client", peer: "10.0.0.1" });
    expect(description.trust).toEqual({
      requiredSecondary: { rules: "1".repeat(64) },
      roles: { client: { accept } },
    });
    expect(configText({ role: "x".repeat(4090) })).toHaveLength(CONFIG_SIZE);
    expect(parseLabDescription(box({ vms: [{ name: "pc", config: { role: "x".repeat(4090) } }] }))).toBeTruthy();
  });

  it.each(wrong)("that %s is refused, naming what is wrong", (_, description, message) => {
    expect(() => parseLabDescription(description)).toThrow(`bad-argument: `);
    expect(() => parseLabDescription(description)).toThrow(message);
  });

  it("ships with the page: the owner's lab joins two machines, and connects nothing by itself", () => {
    const owner = catalogue.find(({ id }) => id === "owner");
    expect(owner?.platforms.map(({ id, management }) => [id, management?.name])).toEqual([
      ["alice", "management"],
      ["bob", undefined],
    ]);
    expect(owner?.wires).toEqual([{ id: "lan", ends: ["alice", "bob"] }]);
    const cards = owner?.platforms.flatMap(({ vms }) => vms.flatMap(({ nics }) => nics)) ?? [];
    expect(cards).toHaveLength(3);
    expect(cards.every(({ connect }) => connect.length === 0)).toBe(true);
  });

  it("ships with the page: in banking, client and server are joined, and each accepts the other alone", () => {
    const banking = catalogue.find(({ id }) => id === "banking");
    expect(banking?.platforms.map(({ vms }) => vms.map(({ name }) => name))).toEqual([
      ["pc", "bank-client"],
      ["bank-server"],
    ]);
    const joined = banking?.platforms.flatMap(({ vms }) => vms).filter(({ nics }) => nics[0]?.connect.includes("eth0"));
    expect(joined?.map(({ nics }) => nics[0]?.role)).toEqual(["internet", "internet"]);
    const accepted = Object.entries(banking?.trust?.roles ?? {}).map(([role, { accept }]) => [role, accept?.vm]);
    expect(Object.fromEntries(accepted)).toEqual({
      "bank-client": [{ product: "Terra Lab bank server", minVersion: "1.0.0" }],
      "bank-server": [{ product: "Terra Lab bank client", minVersion: "1.0.0" }],
      "bank-client-unbound": [{ product: "Terra Lab bank server unbound", minVersion: "1.0.0" }],
      "bank-server-unbound": [{ product: "Terra Lab bank client unbound", minVersion: "1.0.0" }],
    });
  });

  it("ships with the page: in the open game three machines share a wire, and red reaches it through the proxy alone", () => {
    const game = catalogue.find(({ id }) => id === "quake-open");
    expect(game?.wires).toEqual([{ id: "internet", ends: ["alice", "bob", "host"] }]);
    const boxes = game?.platforms.flatMap(({ vms }) => vms) ?? [];
    expect(boxes.map(({ name, nics }) => [name, nics[0]?.connect])).toEqual([
      ["blue", ["eth0"]],
      ["proxy", ["eth0", "red"]],
      ["red", []],
      ["server", ["eth0"]],
    ]);
    const told = Object.fromEntries(boxes.map(({ name, config }) => [name, config]));
    expect(`${told.proxy?.address}`).toBe(`${told.red?.peer}/24`);
    expect([`${told.blue?.peer}/24`, `${told.proxy?.peer}/24`]).toEqual([told.server?.address, told.server?.address]);
    // Same skill, different luck: otherwise nothing could be compared.
    expect(told.blue?.aim).toBe(told.red?.aim);
    expect(told.blue?.seed).not.toBe(told.red?.seed);
    expect(game?.platforms.map(({ management }) => management?.name)).toEqual(["management", "management", undefined]);
  });
});
