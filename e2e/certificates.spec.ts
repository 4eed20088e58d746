/** Judges from outside: openssl on exported certificates, sha256sum on descriptors, veritysetup on disks. */
import { readFileSync } from "node:fs";
import { bytes, expect, judge, save, test } from "./support.ts";

/** The OID arc of our own extensions, in openssl's notation. */
const ARC = "2.25.163268360961603797793263191242266081269";
const TCB_INFO = "2.23.133.5.4.1";

test("openssl accepts the exported chain under the hardware root, and under no other", async ({ terra, folder }) => {
  const { chain, roots, vendors, vendorRoots } = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const evidence = await lab.vm("alice/hello").evidence(window.terra.nonce());
    const policy = await window.terra.policy();
    return {
      chain: evidence.chain,
      vendors: evidence.vendors,
      roots: policy.hardwareRoots ?? [],
      vendorRoots: Object.values(policy.vendorRoots ?? {}).flat(),
    };
  });
  expect(chain.length).toBe(5);
  const leaf = save(folder, "leaf.pem", chain[0] ?? "");
  const rest = save(folder, "rest.pem", chain.slice(1).join(""));
  const root = save(folder, "root.pem", roots.join(""));
  expect(judge("openssl", ["verify", "-x509_strict", "-CAfile", root, "-untrusted", rest, leaf])).toContain("OK");
  // Control: with a vendor's root in place of the hardware root the same chain is refused.
  const other = save(folder, "other.pem", vendorRoots.join(""));
  expect(() => judge("openssl", ["verify", "-CAfile", other, "-untrusted", rest, leaf])).toThrow(/error/);
  // The vendors' certificates verify under the vendors' roots.
  expect(vendors.length).toBe(4);
  for (const [index, vendor] of vendors.entries()) {
    const file = save(folder, `vendor-${index}.pem`, vendor);
    expect(judge("openssl", ["verify", "-CAfile", other, file])).toContain("OK");
  }
  // Every layer but the chip carries its digest in TcbInfo; the leaf carries our application data.
  for (const [index, pem] of chain.entries()) {
    const printed = judge("openssl", ["asn1parse", "-in", save(folder, `chain-${index}.pem`, pem)]);
    expect(printed.includes(TCB_INFO), `TcbInfo in certificate ${index}`).toBe(index < 4);
  }
  expect(judge("openssl", ["asn1parse", "-in", leaf])).toContain(`${ARC}.1`);
});

test("the signature over the nonce verifies with openssl, and not over another nonce", async ({ terra, folder }) => {
  const { chain, signature, nonce } = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const fresh = window.terra.nonce();
    const evidence = await lab.vm("alice/hello").evidence(fresh);
    return { chain: evidence.chain, signature: [...evidence.signature], nonce: [...fresh] };
  });
  const leaf = save(folder, "leaf.pem", chain[0] ?? "");
  const key = save(folder, "key.pem", judge("openssl", ["x509", "-in", leaf, "-pubkey", "-noout"]));
  judge("openssl", ["x509", "-in", leaf, "-outform", "DER", "-out", `${folder}/leaf.der`]);
  const hash = judge("sha256sum", [`${folder}/leaf.der`]).slice(0, 64);
  const signed = (challenge: number[]) =>
    Buffer.concat([Buffer.from("terra-evidence-v1\0"), bytes(challenge), Buffer.from(hash, "hex")]);
  const file = save(folder, "signature", bytes(signature));
  const verify = (challenge: number[]) =>
    judge("openssl", [
      "dgst",
      "-sha256",
      "-verify",
      key,
      "-signature",
      file,
      save(folder, "signed", signed(challenge)),
    ]);
  expect(verify(nonce)).toContain("Verified OK");
  expect(() => verify(nonce.map((byte) => byte ^ 1))).toThrow();
});

test("identity is the descriptor's sha256sum, and the disk's root is veritysetup's", async ({ terra, folder }) => {
  const images = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const alice = lab.platform("alice");
    const identity = await lab.vm("alice/hello").identity();
    const list = (await window.terra.images()).filter((image) => ["pc", "hello", "hello-2"].includes(image.id));
    return Promise.all(
      list.map(async (image) => {
        const { boot } = await alice.insertImage(image.id);
        return {
          id: image.id,
          primary: image.primary,
          attested: image.id === "hello" ? identity.primary : undefined,
          descriptor: [...image.descriptor],
          disk: [...(await alice.disk(boot).copy())],
        };
      }),
    );
  });
  expect(images.map((image) => image.id).sort()).toEqual(["hello", "hello-2", "pc"]);
  for (const image of images) {
    const file = save(folder, `${image.id}.json`, bytes(image.descriptor));
    expect(judge("sha256sum", [file]).slice(0, 64)).toBe(image.primary);
    if (image.attested !== undefined) expect(image.attested).toBe(image.primary);
    const { boot } = JSON.parse(readFileSync(file, "utf8")) as {
      boot: Record<"size" | "salt" | "root" | "sha256", string>;
    };
    const disk = bytes(image.disk);
    const size = Number(boot.size);
    const data = save(folder, `${image.id}.data`, disk.subarray(0, size));
    expect(judge("sha256sum", [data]).slice(0, 64)).toBe(boot.sha256);
    const shape = [
      "--no-superblock",
      "--data-block-size=4096",
      "--hash-block-size=4096",
      "--format=1",
      `--salt=${boot.salt}`,
    ];
    const formatted = judge("veritysetup", ["format", ...shape, data, `${folder}/${image.id}.tree`]);
    expect(/Root hash:\s*([0-9a-f]{64})/.exec(formatted)?.[1]).toBe(boot.root);
    // The tree on the medium is the one that veritysetup made of the data.
    expect(Buffer.compare(readFileSync(`${folder}/${image.id}.tree`), disk.subarray(size))).toBe(0);
    // fsck speaks by its exit code; control: a damaged superblock.
    judge("fsck.erofs", [data]);
    const damaged = Uint8Array.from(disk.subarray(0, size));
    damaged.fill(0, 1024, 1040);
    expect(() => judge("fsck.erofs", [save(folder, "damaged", damaged)])).toThrow();
  }
});
