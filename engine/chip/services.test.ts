import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, connect, serve } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import { parseRegisterRequest, type RegisterRequest } from "../protocol/register.ts";
import { createRegister } from "./register.ts";
import { makeSealingMaster } from "./sealing.ts";
import { answerRegister, type Counters } from "./services.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function memoryCounters(): Counters {
  const values = new Map<string, number>();
  return {
    read: async (register) => values.get(register) ?? 0,
    increment: async (register) => {
      const next = (values.get(register) ?? 0) + 1;
      values.set(register, next);
      return next;
    },
  };
}

interface Chip {
  sealing: CryptoKey;
  counters: Counters;
}

const makeChip = async (): Promise<Chip> => ({ sealing: await makeSealingMaster(), counters: memoryCounters() });

/** Power-on: the chip has measured the firmware, and measured code holds the port. */
function powerOn(chip: Chip, firmware = "1".repeat(64)): Client<RegisterRequest> & { log: string[] } {
  const register = createRegister();
  register.extend("firmware", firmware);
  const log: string[] = [];
  const services = {
    ...chip,
    register,
    extended: (stage: string, digest: string, size: number) => log.push(`${stage} ${digest[0]} ${size}`),
  };
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serve(port1, parseRegisterRequest, (request) => answerRegister(services, request));
  return { ...connect<RegisterRequest>(port2), log };
}

/** A whole boot; the digits tell loader and TVMM apart. */
async function boot(chip: Chip, loader = "2", tvmm = "3") {
  const port = powerOn(chip);
  await port.call({ op: "extend", stage: "loader", digest: loader.repeat(64), size: 20 });
  await port.call({ op: "extend", stage: "tvmm", digest: tvmm.repeat(64), size: 30 });
  return port;
}

const plaintext = Uint8Array.of(1, 2, 3);

describe("the chip's services", () => {
  it("tell each digest that the register took, and no other", async () => {
    const port = await boot(await makeChip());
    await expect(port.call({ op: "extend", stage: "tvmm", digest: "4".repeat(64), size: 1 })).rejects.toThrow(
      "bad-state",
    );
    expect(port.log).toEqual(["loader 2 20", "tvmm 3 30"]);
  });

  it("are shut until the TVMM is measured", async () => {
    const port = powerOn(await makeChip());
    const closed: RegisterRequest[] = [
      { op: "seal", plaintext },
      { op: "unseal", blob: plaintext },
      { op: "counter" },
      { op: "increment" },
    ];
    for (const request of closed) await expect(port.call(request)).rejects.toThrow("bad-state");
    await port.call({ op: "extend", stage: "loader", digest: "2".repeat(64), size: 1 });
    for (const request of closed) await expect(port.call(request)).rejects.toThrow("the tvmm was not measured");
  });

  it("unseal after another power-on with the same code, and under no other", async () => {
    const chip = await makeChip();
    const blob = (await (await boot(chip)).call({ op: "seal", plaintext })) as Uint8Array;
    const unseal = { op: "unseal", blob } as const;
    expect(await (await boot(chip)).call(unseal)).toEqual(plaintext);
    await expect((await boot(chip, "2", "9")).call(unseal)).rejects.toThrow("sealed: ");
    await expect((await boot(chip, "9", "3")).call(unseal)).rejects.toThrow("sealed: ");
    await expect((await boot(await makeChip())).call(unseal)).rejects.toThrow("sealed: ");
  });

  it("count for each register value apart, and only upwards", async () => {
    const chip = await makeChip();
    const port = await boot(chip);
    expect(await port.call({ op: "counter" })).toBe(0);
    expect(await port.call({ op: "increment" })).toBe(1);
    expect(await port.call({ op: "increment" })).toBe(2);
    expect(await (await boot(chip)).call({ op: "counter" })).toBe(2);
    expect(await (await boot(chip, "2", "9")).call({ op: "counter" })).toBe(0);
  });

  it("answer hostile requests with an error, and go on", async () => {
    const port = await boot(await makeChip());
    const hostile: unknown[] = [
      null,
      "seal",
      { op: "export" },
      { op: "seal" },
      { op: "seal", plaintext: "text" },
      { op: "seal", plaintext: new Uint8Array(4097) },
      { op: "seal", plaintext: new Uint8Array(new SharedArrayBuffer(4)) },
      { op: "seal", plaintext, register: new Uint8Array(32) },
      { op: "unseal", blob: new Uint8Array(5000) },
      { op: "extend", stage: "firmware", digest: "1".repeat(64), size: 1 },
      { op: "extend", stage: "loader", digest: "1".repeat(63), size: 1 },
      { op: "counter", value: 0 },
    ];
    for (const request of hostile) {
      await expect(port.call(request as RegisterRequest)).rejects.toThrow(/^(malformed|bad-argument): /);
    }
    expect(await port.call({ op: "counter" })).toBe(0);
  });

  it("have a door that lets through nothing but requests", () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }),
      fc.record({
        op: fc.constantFrom("extend", "seal", "unseal", "counter"),
        digest: fc.anything(),
        blob: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(anything, (raw) => {
        try {
          expect(["counter", "increment", "seal", "unseal"]).toContain(parseRegisterRequest(raw).op);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TerraError);
        }
      }),
    );
  });
});
