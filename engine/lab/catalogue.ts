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
].map(parseLabDescription);
