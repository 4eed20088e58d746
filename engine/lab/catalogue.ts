/** The labs that ship with the page, in teaching order. */
import { type LabDescription, parseLabDescription } from "./description.ts";

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
].map(parseLabDescription);
