/** The labs that ship with the page, in teaching order. */
import { type LabDescription, parseLabDescription, type TrustedDescription } from "./description.ts";

/** Client and server accept each other, and nobody else; those of one variant nobody of another. */
function banking(variant?: string): Record<string, TrustedDescription> {
  const role = (end: string) => ["bank", end, ...(variant ? [variant] : [])].join("-");
  const accepts = (end: string): TrustedDescription => {
    const product = ["Terra Lab bank", end, ...(variant ? [variant] : [])].join(" ");
    return { accept: { vm: [{ product, minVersion: "1.0.0" }] } };
  };
  return { [role("client")]: accepts("server"), [role("server")]: accepts("client") };
}

/** One who plays by himself: the same skill for both, and not the same luck. `aim`: the standard deviation of where he aims, in degrees. */
const player = (name: string, seed: number) => ({ name, bot: "1", seed: String(seed), aim: "6.0", fps: "25" });

export const catalogue: LabDescription[] = [
  {
    id: "hello",
    title: "A machine that proves what it runs",
    platforms: [
      {
        id: "alice",
        title: "Alice’s PC",
        focus: "hello",
        vms: [
          { name: "pc", image: "pc" },
          { name: "hello", image: "hello" },
        ],
      },
    ],
  },
  {
    id: "owner",
    title: "The owner: everything, except inside closed boxes",
    platforms: [
      {
        id: "alice",
        title: "Alice’s PC",
        focus: "pc",
        management: {},
        vms: [
          { name: "pc", image: "pc", nics: [{}] },
          { name: "second", image: "pc", nics: [{}] },
          { name: "hello", image: "hello" },
        ],
      },
      { id: "bob", title: "Bob’s PC", focus: "pc", vms: [{ name: "pc", image: "pc", nics: [{}] }] },
    ],
    wires: [{ id: "lan", ends: ["alice", "bob"] }],
  },
  {
    id: "banking",
    title: "Banking: two closed boxes that check each other",
    platforms: [
      {
        id: "alice",
        title: "Alice’s PC",
        focus: "bank-client",
        management: {},
        vms: [
          { name: "pc", image: "pc", nics: [{}] },
          {
            name: "bank-client",
            nics: [{ role: "internet", connect: ["eth0"] }],
            config: { address: "10.0.0.2/24", peer: "10.0.0.1" },
          },
        ],
      },
      {
        id: "bank",
        title: "The bank’s machine",
        focus: "bank-server",
        vms: [
          {
            name: "bank-server",
            nics: [{ role: "internet", connect: ["eth0"] }],
            config: { address: "10.0.0.1/24" },
          },
        ],
      },
    ],
    wires: [{ id: "internet", ends: ["alice", "bank"] }],
    trust: { roles: { ...banking(), ...banking("unbound") } },
  },
  {
    id: "quake-open",
    title: "The open game: every cheat works",
    platforms: [
      {
        id: "alice",
        title: "Alice’s PC",
        focus: "blue",
        management: {},
        vms: [
          {
            name: "blue",
            image: "game-open",
            nics: [{ role: "internet", connect: ["eth0"] }],
            config: { address: "10.0.0.2/24", peer: "10.0.0.1", ...player("blue", 7) },
          },
        ],
      },
      {
        id: "bob",
        title: "Bob’s PC",
        focus: "red",
        management: {},
        vms: [
          // Between red and everybody else: what it is not told to change it passes on. Made before red, whose frame then has another
          // colour than blue's.
          {
            name: "proxy",
            image: "game-proxy",
            nics: [{ role: "internet", connect: ["eth0", "red"] }],
            config: { address: "10.0.0.4/24", peer: "10.0.0.1" },
          },
          {
            name: "red",
            image: "game-open",
            nics: [{ role: "internet" }],
            config: { address: "10.0.0.3/24", peer: "10.0.0.4", ...player("red", 11) },
          },
        ],
      },
      {
        id: "host",
        title: "The server’s machine",
        focus: "server",
        vms: [
          {
            name: "server",
            image: "game-server-open",
            nics: [{ role: "internet", connect: ["eth0"] }],
            config: { address: "10.0.0.1/24" },
          },
        ],
      },
    ],
    wires: [{ id: "internet", ends: ["alice", "bob", "host"] }],
  },
].map(parseLabDescription);
