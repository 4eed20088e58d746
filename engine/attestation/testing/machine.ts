/** A machine made with our own issuers, for tests: roots, a chain, and evidence for a nonce. */
import {
  type AppraisalPolicy,
  type Evidence,
  exportPublicKey,
  generateKeyPair,
  type Issuer,
  issueChip,
  issueHardwareRoot,
  issueLayer,
  issueVendorCertificate,
  issueVendorRoot,
  issueVm,
  type Layer,
  makeRequest,
  readOnePem,
  readRequest,
  signEvidence,
} from "../index.ts";

export const DIGESTS: Record<Layer, string> = {
  firmware: "f1".repeat(32),
  loader: "0a".repeat(32),
  tvmm: "7e".repeat(32),
  vm: "c0".repeat(32),
};
export const TRUST_ROOT = "11".repeat(32);

export interface TestMachine {
  hardwareRoot: string;
  vendorRoot: string;
  /** Of the two roots. */
  keys: { hardware: CryptoKeyPair; vendor: CryptoKeyPair };
  vendorCertificate: string;
  /** Leaf first. */
  chain: string[];
  /** Of the leaf. */
  key: CryptoKeyPair;
  /** Of the TVMM. */
  tvmm: Issuer;
  /** Of loader, firmware and chip: each signed the certificate of the next layer up. */
  layerKeys: CryptoKey[];
  policy: AppraisalPolicy;
  answer(nonce: Uint8Array): Promise<Evidence>;
}

export async function makeMachine(now?: number): Promise<TestMachine> {
  const at = now === undefined ? {} : { now };
  const hardware = await generateKeyPair();
  const hardwareRoot = await issueHardwareRoot({ keyPair: hardware, ...at });
  const vendor = await generateKeyPair();
  const vendorRoot = await issueVendorRoot({ keyPair: vendor, layer: "vm", vendor: "Terra Lab", ...at });
  const chip = await generateKeyPair();
  const { publicKey } = await readRequest(await makeRequest(chip));
  const chipCertificate = await issueChip({
    issuer: { key: hardware.privateKey, certificate: hardwareRoot },
    serial: "TL-0001",
    publicKey,
    ...at,
  });
  let issuer: Issuer = { key: chip.privateKey, certificate: chipCertificate };
  const chain = [chipCertificate];
  const layerKeys: CryptoKey[] = [];
  for (const layer of ["firmware", "loader", "tvmm"] as const) {
    const keyPair = await generateKeyPair();
    const certificate = await issueLayer({
      layer,
      issuer,
      digest: DIGESTS[layer],
      publicKey: await exportPublicKey(keyPair.publicKey),
      ...at,
    });
    chain.unshift(certificate);
    layerKeys.unshift(issuer.key);
    issuer = { key: keyPair.privateKey, certificate };
  }
  const key = await generateKeyPair();
  const request = await readRequest(await makeRequest(key, new TextEncoder().encode("evidence:hello")));
  const leaf = await issueVm({ issuer, primary: DIGESTS.vm, secondaries: { trust: TRUST_ROOT }, ...request, ...at });
  chain.unshift(leaf);
  const vendorCertificate = await issueVendorCertificate({
    issuer: { key: vendor.privateKey, certificate: vendorRoot },
    layer: "vm",
    digest: DIGESTS.vm,
    vendor: "Terra Lab",
    product: "Terra Lab hello",
    version: "1.0.0",
    ...at,
  });
  const listed = (layer: Layer) => [{ digest: DIGESTS[layer] }];
  return {
    hardwareRoot,
    vendorRoot,
    keys: { hardware, vendor },
    vendorCertificate,
    chain,
    key,
    tvmm: issuer,
    layerKeys,
    policy: {
      hardwareRoots: [hardwareRoot],
      vendorRoots: { vm: [vendorRoot] },
      accept: {
        firmware: listed("firmware"),
        loader: listed("loader"),
        tvmm: listed("tvmm"),
        vm: [{ product: "Terra Lab hello", minVersion: "1.0.0" }],
      },
      requiredSecondary: { trust: TRUST_ROOT },
      ...(now === undefined ? {} : { time: now }),
    },
    answer: async (nonce) => ({
      chain: [...chain],
      vendors: [vendorCertificate],
      signature: await signEvidence(key.privateKey, nonce, readOnePem(leaf, "the leaf")),
    }),
  };
}
