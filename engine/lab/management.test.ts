/** What a script hands in where an image should stand: refused in words, whatever it is. */
import { expect, it } from "vitest";
import type { VmConfig } from "./api.ts";
import type { Machine } from "./machine.ts";
import { createManagement } from "./management.ts";
import type { Media } from "./media.ts";

const containsItself: Record<string, unknown> = {};
containsItself.again = containsItself;

it.each([
  ["a number", 5],
  ["what JSON does not know", 5n],
  ["what contains itself", containsItself],
  ["nothing", null],
])("an image that is %s is a bad argument", async (_, image) => {
  const management = createManagement({} as Machine, {} as Media);
  const config = { name: "box", image } as unknown as VmConfig;
  await expect(management.createVm(config)).rejects.toMatchObject({ code: "bad-argument" });
});
