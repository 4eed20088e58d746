import { describe, expect, it } from "vitest";
import type { Message } from "../../engine/lab/api.ts";
import { digestIn, found, type Group, messagesWith, type Thing } from "./search.ts";

const thing = (group: Group, title: string, detail = "", digest?: string): Thing => ({
  key: `${group} ${title}`,
  group,
  title,
  detail,
  ...(digest === undefined ? {} : { digest }),
  go: () => undefined,
});

const LOADER = `29d0${"0".repeat(56)}22c2`;
const THINGS = [
  thing("commands", "Show Messages"),
  thing("boxes", "alice/pc", "open, on"),
  thing("boxes", "alice/bank-client", "closed, on"),
  thing("digests", "alice loader", "29d0…22c2", LOADER),
  thing("steps", "4 One bit of the loader", "Terra §4.2"),
];
const titles = (query: string, most = 9) => found(THINGS, query, most).map(({ title }) => title);

describe("what is found", () => {
  it("without a word is everything but digests, group by group", () => {
    expect(titles("")).toEqual(["alice/pc", "alice/bank-client", "4 One bit of the loader", "Show Messages"]);
    expect(titles("  ", 1)).toEqual(["alice/pc", "4 One bit of the loader", "Show Messages"]);
  });

  it("has every word somewhere; the beginning of a name or of a word in it counts most", () => {
    expect(titles("CLIENT")).toEqual(["alice/bank-client"]);
    expect(titles("loader")).toEqual(["alice loader", "4 One bit of the loader"]);
    expect(titles("alice closed")).toEqual(["alice/bank-client"]);
    expect(titles("alice closed pc")).toEqual([]);
    const two = [thing("boxes", "bob/my-pc"), thing("boxes", "epc"), thing("boxes", "pc-two")];
    expect(found(two, "pc", 9).map(({ title }) => title)).toEqual(["pc-two", "bob/my-pc", "epc"]);
  });

  it("by four digits or more of a digest, as it begins or as it is shown, and by no piece from its middle", () => {
    expect(titles("29d0")).toEqual(["alice loader"]);
    expect(titles("29D0000")).toEqual(["alice loader"]);
    expect(titles("29d0…22c2")).toEqual(["alice loader"]);
    expect(titles("29d0…22c3")).toEqual([]);
    expect(titles(LOADER)).toEqual(["alice loader"]);
    expect(titles("0000")).toEqual([]);
    expect(titles("29d1")).toEqual([]);
  });
});

describe("messages", () => {
  const message = (sequence: number, summary: string): Message => ({
    sequence,
    time: 0,
    from: "alice/tvmm",
    to: "alice/pc",
    kind: "endorse",
    summary,
  });
  const messages = [message(1, "hello is asked"), message(2, `loader ${LOADER} refused`), message(3, "hello again")];
  const numbers = (query: string, most = 9) => messagesWith(messages, query, most).map(({ sequence }) => sequence);

  it("are found newest first by their words and ends, and by digests that begin so", () => {
    expect(numbers("hello")).toEqual([3, 1]);
    expect(numbers("hello", 1)).toEqual([3]);
    expect(numbers("Endorse pc asked")).toEqual([1]);
    expect(numbers("29d0…22c2 refused")).toEqual([2]);
    expect(numbers("")).toEqual([]);
    expect(digestIn(`of ${LOADER}`, "29d00")).toBe(LOADER);
    expect(digestIn(`of ${LOADER}`, "22c2")).toBeUndefined();
  });
});
