import { createCipheriv, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import { makeSealingMaster, seal, unseal } from "./sealing.ts";

const register = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
const secret = new TextEncoder().encode("the disk's key");

/** The code of the error, or "opened". */
const outcome = (opening: Promise<unknown>) =>
  opening.then(
    () => "opened",
    (thrown: unknown) => (thrown instanceof TerraError ? thrown.code : String(thrown)),
  );

describe("sealed storage", () => {
  it("opens under the same register on the same chip", async () => {
    const master = await makeSealingMaster();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (plaintext) => {
        const blob = await seal(master, register, plaintext);
        expect(blob.length).toBe(plaintext.length + 36);
        expect(await unseal(master, register, blob)).toEqual(new Uint8Array(plaintext));
      }),
      { numRuns: 20 },
    );
  });

  it("stays shut under another register and on another chip, and says so in words", async () => {
    const master = await makeSealingMaster();
    const blob = await seal(master, register, secret);
    await expect(unseal(master, other, blob)).rejects.toThrow(
      "sealed: made under another TVMM, firmware or loader, or on another machine",
    );
    expect(await outcome(unseal(await makeSealingMaster(), register, blob))).toBe("sealed");
    expect(await outcome(unseal(master, register, blob))).toBe("opened");
  });

  it("stays shut with any bit changed, and for whatever is no blob", async () => {
    const master = await makeSealingMaster();
    const blob = await seal(master, register, secret);
    for (let bit = 0; bit < blob.length * 8; bit += 5) {
      const bad = blob.slice();
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await outcome(unseal(master, register, bad))).toBe("sealed");
    }
    for (const bad of [new Uint8Array(), blob.subarray(0, 35), blob.subarray(0, -1), new Uint8Array(65536)]) {
      expect(await outcome(unseal(master, register, bad))).toBe("sealed");
    }
  });

  it("seals the same bytes differently each time", async () => {
    const master = await makeSealingMaster();
    expect(await seal(master, register, secret)).not.toEqual(await seal(master, register, secret));
  });

  it("takes at most 4096 bytes", async () => {
    const master = await makeSealingMaster();
    expect(await outcome(seal(master, register, new Uint8Array(4097)))).toBe("bad-argument");
  });

  it("has a master key that nobody can read", async () => {
    const master = await makeSealingMaster();
    expect(master.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", master)).rejects.toThrow();
  });

  it("is AES-256-GCM under HMAC-SHA-256(master; 1, purpose, 0, register), as the docs say", async () => {
    // A master whose bytes are known, which the chip's never are.
    const raw = new Uint8Array(32).fill(3);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const master = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
    const blob = await seal(master, register, secret);
    const key = createHmac("sha256", raw).update("\u0001terra-seal-v1\u0000").update(register).digest();
    const cipher = createCipheriv("aes-256-gcm", key, blob.subarray(8, 20)).setAAD(Buffer.from("TERRASL1"));
    const body = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    expect(Buffer.from(blob.subarray(20))).toEqual(body);
  });
});
