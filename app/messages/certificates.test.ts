import { describe, expect, it } from "vitest";
import { readOnePem, readPem } from "../../engine/attestation/index.ts";
import { DIGESTS, makeMachine, TRUST_ROOT } from "../../engine/attestation/testing/machine.ts";
import { certificatesIn, pemOf } from "./certificates.ts";

const number = (value: number, size: number) =>
  Array.from({ length: size }, (_, index) => (value >> (8 * (size - 1 - index))) & 0xff);

/** One record with a Certificate message (RFC 5246, 7.4.2). */
function flight(certificates: readonly Uint8Array[]): Uint8Array {
  const list = certificates.flatMap((der) => [...number(der.length, 3), ...der]);
  const message = [11, ...number(list.length + 3, 3), ...number(list.length, 3), ...list];
  return Uint8Array.of(22, 3, 3, ...number(message.length, 2), ...message);
}

const der = (pem: string) => readOnePem(pem, "a certificate");

describe("certificates in a flight of TLS", () => {
  it("are told by their names, layer and disks, leaf first", async () => {
    const { chain, vendorCertificate } = await makeMachine();
    const all = certificatesIn(flight([...chain, vendorCertificate].map(der)));
    expect(all[0]).toEqual({
      subject: DIGESTS.vm,
      issuer: DIGESTS.tvmm,
      layer: { name: "vm", digest: DIGESTS.vm },
      disks: [["trust", TRUST_ROOT]],
    });
    expect(all[4]).toMatchObject({ subject: "TL-0001", disks: [] });
    expect(all[4]).not.toHaveProperty("layer");
    expect(all[5]).toMatchObject({
      layer: { name: "vm", product: expect.stringMatching(/^Terra Lab, .+ \d+\.\d+\.\d+$/) },
    });
  });

  it("are handed on as they were sent", async () => {
    const { chain } = await makeMachine();
    const ders = chain.map(der);
    expect(readPem(pemOf(flight(ders)) ?? "", "the flight's certificates")).toEqual(ders);
    expect(pemOf(Uint8Array.of(23, 3, 3, 0, 1, 0))).toBeNull();
  });

  it("that are none of ours are said to be unreadable", () => {
    expect(certificatesIn(flight([Uint8Array.of(0x30, 0x00)]))).toEqual([{ error: expect.stringContaining(": ") }]);
  });
});
