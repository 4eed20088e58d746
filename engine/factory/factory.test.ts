/** The factory without its browser: what it certifies, what it endorses, and that nobody can make it endorse anything else. */
import { beforeEach, describe, expect, test } from "vitest";
import { listSigner, readRevocationList } from "../attestation/crl.ts";
import {
  exportPublicKey,
  generateKeyPair,
  isLayer,
  LAYERS,
  makeRequest,
  readCertificate,
  toHex,
} from "../attestation/index.ts";
import { parseFactoryRequest, type Roots } from "../protocol/factory.ts";
import { createFactory } from "./factory.ts";
import { certifyChip, isVendors, makeVendors, type Vendors } from "./vendors.ts";

const digest = (digit: string) => digit.repeat(64);
const bundle = (name: string, sha256: string, endorsed: boolean) => ({
  name,
  path: `${name}.js`,
  size: 10,
  sha256,
  product: `Terra ${name}`,
  version: "1.0.0",
  endorsed,
});
const blob = (sha256: string) => ({ path: `blobs/${sha256}.gz`, size: 10, sha256, compressed: 5 });
const image = (id: string, primary: string, kind: string, test: boolean) => ({
  id,
  kind,
  product: `Terra Lab ${id}`,
  version: "1.2.0",
  primary,
  test,
  descriptor: blob(primary),
  stub: blob(digest("8")),
  kernel: blob(digest("9")),
  boot: blob(digest("a")),
});

const FILES: Record<string, unknown> = {
  "https://lab.example/sub/measured/manifest.json": {
    format: "terra-measured-1",
    version: "1.0.0",
    files: [
      bundle("firmware", digest("1"), true),
      bundle("loader", digest("2"), true),
      bundle("tvmm.release", digest("3"), true),
      // A manifest that claims so does not make the debug build a release.
      bundle("tvmm.debug", digest("4"), true),
      bundle("vm", digest("5"), false),
    ],
  },
  "https://lab.example/sub/images/manifest.json": {
    format: "terra-images-1",
    images: [
      image("pc", digest("b"), "open", false),
      image("hello", digest("c"), "closed", false),
      image("open-asks-endorse", digest("d"), "open", true),
    ],
  },
};

let stored: Vendors | undefined;
function open() {
  const fetched: string[] = [];
  const handle = createFactory({
    async loadVendors() {
      stored ??= await makeVendors();
      return stored;
    },
    async fetchJson(url) {
      fetched.push(url);
      if (!(url in FILES)) throw new Error(`no ${url}`);
      return FILES[url];
    },
  });
  return { fetched, ask: (raw: unknown) => handle(parseFactoryRequest(raw)) };
}

const INIT = { op: "init", base: "https://lab.example/sub/" };
const endorsements = async (ask: (raw: unknown) => Promise<unknown>) =>
  (await ask({ op: "vendor-certificates" })) as Record<string, string[]>;

let ask: (raw: unknown) => Promise<unknown>;
let fetched: string[];
beforeEach(async () => {
  ({ ask, fetched } = open());
  await ask(INIT);
});

describe("endorsing", () => {
  test("covers the released bundles and the images of the catalogue, and nothing else", async () => {
    const certificates = await endorsements(ask);
    expect(Object.keys(certificates).sort()).toEqual(["1", "2", "3", "b", "c"].map(digest));
    expect(fetched.sort()).toEqual(Object.keys(FILES).sort());
  });

  test("each certificate states digest, layer, product and version, under that layer's root", async () => {
    const certificates = await endorsements(ask);
    const roots = (await ask({ op: "roots" })) as Roots;
    const stated = Object.entries(certificates).map(([of, pems]) => {
      expect(pems).toHaveLength(1);
      const certificate = readCertificate(pems[0] ?? "");
      const info = certificate.tcbInfo;
      expect(info?.digest).toBe(of);
      if (!info || !isLayer(info.layer)) throw new Error("no TcbInfo");
      expect(toHex(certificate.issuer)).toBe(toHex(readCertificate(roots.vendors[info.layer]).subject));
      return `${info.layer}: ${info.vendor}, ${info.product} ${info.version}`;
    });
    expect(stated.sort()).toEqual([
      "firmware: Terra Lab, Terra firmware 1.0.0",
      "loader: Terra Lab, Terra loader 1.0.0",
      "tvmm: Terra Lab, Terra tvmm.release 1.0.0",
      "vm: Terra Lab, Terra Lab hello 1.2.0",
      "vm: Terra Lab, Terra Lab pc 1.2.0",
    ]);
  });

  test("no request can name a digest", async () => {
    for (const raw of [
      { op: "vendor-certificates", digest: digest("4") },
      { op: "vendor-certificates", digests: [digest("4")] },
      { op: "endorse", digest: digest("4") },
    ]) {
      expect(() => parseFactoryRequest(raw)).toThrow(/malformed|bad-argument/);
    }
    // Nor can a second init point to other manifests.
    await expect(ask({ op: "init", base: "https://evil.example/" })).rejects.toThrow(/bad-state/);
    expect(Object.keys(await endorsements(ask))).not.toContain(digest("4"));
  });
});

describe("certifying chips", () => {
  test("gives a certificate of ten years for the key that signed the request", async () => {
    const chip = await generateKeyPair();
    const pem = (await ask({ op: "certify-chip", serial: "alice", request: await makeRequest(chip) })) as string;
    const certificate = readCertificate(pem);
    expect(certificate.commonName).toBe("alice");
    expect(certificate.basicConstraints).toEqual({ critical: true, ca: true, pathLength: 3 });
    expect(toHex(certificate.publicKey)).toBe(toHex(await exportPublicKey(chip.publicKey)));
    expect(certificate.notAfter - Date.now()).toBeGreaterThan(9.9 * 365.25 * 86_400_000);
    const roots = (await ask({ op: "roots" })) as Roots;
    expect(certificate.authorityKeyIdentifier).toBe(readCertificate(roots.hardware).subjectKeyIdentifier);
  });

  test("refuses a request that is broken, and serial numbers that could be taken for something else", async () => {
    const request = await makeRequest(await generateKeyPair());
    const certify = async (change: object) => ask({ op: "certify-chip", serial: "alice", request, ...change });
    await expect(certify({})).resolves.toContain("BEGIN CERTIFICATE");
    await expect(certify({ request: request.slice(0, -1) })).rejects.toThrow(/malformed/);
    await expect(certify({ request: new Uint8Array(65537) })).rejects.toThrow(/bad-argument/);
    for (const serial of ["", "a b", digest("c"), "x\0", undefined]) {
      await expect(certify({ serial })).rejects.toThrow(/malformed|bad-argument/);
    }
  });
});

describe("taking chips back", () => {
  const chip = async (serial: string) =>
    (await ask({ op: "certify-chip", serial, request: await makeRequest(await generateKeyPair()) })) as string;

  test("lists those that were named, and no other", async () => {
    const [alice, bob] = [await chip("alice"), await chip("bob")];
    const list = async (certificates: string[]) =>
      readRevocationList((await ask({ op: "revocation-list", certificates })) as string, "the list");
    expect([...(await list([])).revoked]).toEqual([]);
    expect([...(await list([alice])).revoked]).toEqual([readCertificate(alice).serial]);
    expect((await list([bob, alice, bob])).revoked.size).toBe(2);
    const { hardware } = (await ask({ op: "roots" })) as Roots;
    expect(await listSigner(await list([alice]), [readCertificate(hardware)])).toBeDefined();
  });

  test("lists nothing that the hardware root did not issue", async () => {
    const vendors = await endorsements(ask);
    const other = await makeVendors();
    const stranger = await certifyChip(other, "alice", await makeRequest(await generateKeyPair()));
    for (const certificate of [vendors[digest("c")]?.[0], stranger]) {
      const asked = ask({ op: "revocation-list", certificates: [await chip("alice"), certificate] });
      await expect(asked).rejects.toThrow(
        'bad-argument: certificate 2 to be revoked was not issued by "Terra Lab hard',
      );
    }
    await expect(ask({ op: "revocation-list", certificates: ["alice"] })).rejects.toThrow("malformed: certificate 1");
  });
});

describe("opening", () => {
  test("roots are the same at the next visit, and one for each layer", async () => {
    const next = open();
    await next.ask(INIT);
    const roots = (await ask({ op: "roots" })) as Roots;
    expect(await next.ask({ op: "roots" })).toEqual(roots);
    const all = [roots.hardware, ...LAYERS.map((layer) => roots.vendors[layer])].map((pem) => readCertificate(pem));
    expect(new Set(all.map(({ subjectKeyIdentifier }) => subjectKeyIdentifier)).size).toBe(5);
    expect(all.map(({ commonName }) => commonName)).toEqual([
      "Terra Lab hardware root",
      "Terra Lab firmware root",
      "Terra Lab loader root",
      "Terra Lab tvmm root",
      "Terra Lab vm root",
    ]);
  });

  test("keys cannot be exported", async () => {
    const { hardware, layers } = await makeVendors();
    for (const { key } of [hardware, ...LAYERS.map((layer) => layers[layer])]) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey("pkcs8", key)).rejects.toThrow();
    }
  });

  test("before init nothing is answered; a failed init may be repeated", async () => {
    const shop = open();
    await expect(shop.ask({ op: "roots" })).rejects.toThrow(/before it was opened/);
    await expect(shop.ask({ op: "init", base: "https://elsewhere.example/" })).rejects.toThrow(/no https:/);
    await shop.ask(INIT);
    await expect(shop.ask({ op: "roots" })).resolves.toHaveProperty(
      "hardware",
      expect.stringContaining("BEGIN CERTIFICATE"),
    );
  });

  test("what an older page or somebody else left in the store is told from what we made", async () => {
    const vendors = await makeVendors();
    expect(isVendors(vendors)).toBe(true);
    for (const other of [undefined, null, 1, {}, { hardware: vendors.hardware }, { ...vendors, layers: {} }]) {
      expect(isVendors(other)).toBe(false);
    }
  });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["text", "roots"],
  ["an unknown operation", { op: "revoke" }],
  ["a field too many", { op: "roots", please: true }],
  ["a base that is no web address", { op: "init", base: "javascript:alert(1)/" }],
  ["a base without its slash", { op: "init", base: "https://lab.example/sub" }],
  ["a base with a query", { op: "init", base: "https://lab.example/?x=/" }],
  ["a list that is none", { op: "revocation-list", certificates: "alice" }],
  ["a list without certificates", { op: "revocation-list", certificates: [1] }],
  ["a list too long", { op: "revocation-list", certificates: Array(257).fill("") }],
  ["a request in hex", { op: "certify-chip", serial: "a", request: "30" }],
])("the door refuses %s", (_, raw) => {
  expect(() => parseFactoryRequest(raw)).toThrow(/^(malformed|bad-argument): /);
});
