import { describe, expect, it } from "vitest";
import { MOST_FOUND, type Search, search } from "./inspect.ts";

const MIB = 2 ** 20;

function memoryOf(length: number, at: readonly number[], what: Uint8Array) {
  const bytes = new Uint8Array(length);
  for (const place of at) bytes.set(what, place);
  const asked: number[] = [];
  const read = async (address: number, size: number) => {
    asked.push(address);
    return bytes.slice(address, address + size);
  };
  return { read, asked };
}

describe("a search through a box’s memory", () => {
  const secret = new TextEncoder().encode("secret");

  it("reads in pieces and finds what lies across their borders, once", async () => {
    const wanted = [0, 4 * MIB - 3, 8 * MIB, 9 * MIB - 6];
    const { read, asked } = memoryOf(9 * MIB, wanted, secret);
    const told: Search[] = [];
    const result = await search(
      read,
      9 * MIB,
      secret,
      (each) => told.push(each),
      () => false,
    );
    expect(result).toEqual({ found: wanted, searched: 9 * MIB, total: 9 * MIB });
    expect(asked).toHaveLength(3);
    expect(told.at(-1)).toEqual(result);
  });

  it("ends when it is told to, and when it has found more than anybody reads", async () => {
    const { read } = memoryOf(9 * MIB, [8 * MIB], secret);
    const stopped = await search(
      read,
      9 * MIB,
      secret,
      () => undefined,
      () => true,
    );
    expect(stopped.searched).toBe(0);
    const zeros = await search(
      read,
      9 * MIB,
      Uint8Array.of(0),
      () => undefined,
      () => false,
    );
    expect(zeros.found).toHaveLength(MOST_FOUND);
    expect(zeros.searched).toBeLessThan(9 * MIB);
  });

  it("rejects with the words of whoever refuses to be read", async () => {
    const refuse = () => Promise.reject(new Error("closed-box: hello is closed"));
    await expect(
      search(
        refuse,
        MIB,
        secret,
        () => undefined,
        () => false,
      ),
    ).rejects.toThrow("closed-box");
  });
});
