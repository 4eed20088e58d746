/** The lab of banking on real guests: what its wire carries, judged by tshark and openssl, and trust disks that change. */
import { toPem } from "../engine/attestation/index.ts";
import { decodeTls } from "../engine/network/index.ts";
import { bytes, expect, judge, save, test } from "./support.ts";

const WAIT_MS = 120_000;

test("tshark finds the handshake on the wire, and openssl verifies the chains that both sides showed", async ({
  terra,
  folder,
}) => {
  const { messages, capture, roots, identities } = await terra.evaluate(async (timeout) => {
    const lab = await window.terra.open("banking");
    // The last words of a handshake in TLS 1.2 are the server's.
    for (let since = 0; ; ) {
      const message = await lab.waitForMessage({ kind: "tls", since }, timeout);
      since = message.sequence;
      if (message.from === "bank/bank-server" && message.summary.includes("encrypted handshake message")) break;
    }
    const told = await lab.messages({ kind: "tls" });
    const messages = told.map(({ from, to, summary, bytes }) => ({
      from,
      to,
      summary,
      bytes: Array.from(bytes ?? []),
    }));
    const capture = Array.from(await lab.wire("internet").pcapng());
    const roots = (await window.terra.policy()).hardwareRoots ?? [];
    const paths = ["alice/bank-client", "bank/bank-server"];
    const identities = await Promise.all(paths.map(async (path) => (await lab.vm(path).identity()).primary));
    return { messages, capture, roots, identities };
  }, WAIT_MS);
  const ends = ["alice/bank-client", "bank/bank-server"];
  expect(messages.slice(0, 4).map(({ from, to, summary }) => [from, to, summary.split(/[ :,]/)[0]])).toEqual([
    [...ends, "ClientHello"],
    [...ends.toReversed(), "ServerHello"],
    [...ends, "Certificate"],
    [...ends.toReversed(), "ChangeCipherSpec"],
  ]);

  const file = save(folder, "internet.pcapng", bytes(capture));
  const seen = (field: string) =>
    judge("tshark", ["-r", file, "-d", "tcp.port==4433,tls", "-Y", "tls.handshake", "-T", "fields", "-e", field])
      .split(/[\s,]+/)
      .filter(Boolean);
  // ClientHello; ServerHello, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone; Certificate, ClientKeyExchange, CertificateVerify.
  expect(seen("tls.handshake.type").slice(0, 9)).toEqual(["1", "2", "11", "12", "13", "14", "11", "16", "15"]);

  const chains = messages.map((each) => decodeTls(bytes(each.bytes)).certificates).filter(({ length }) => length > 0);
  const hex = (der: Uint8Array) => Buffer.from(der).toString("hex");
  expect(chains.flat().map(hex)).toEqual(seen("tls.handshake.certificate"));

  save(folder, "roots.pem", roots.join(""));
  const subjects = chains.map((chain) => {
    const [leaf, ...upper] = chain.slice(0, 5).map((der) => toPem(der));
    save(folder, "leaf.pem", leaf ?? "");
    save(folder, "upper.pem", upper.join(""));
    const at = (name: string) => `${folder}/${name}`;
    const verified = judge("openssl", [
      "verify",
      "-CAfile",
      at("roots.pem"),
      "-untrusted",
      at("upper.pem"),
      at("leaf.pem"),
    ]);
    expect(verified.trim()).toBe(`${at("leaf.pem")}: OK`);
    return judge("openssl", ["x509", "-in", at("leaf.pem"), "-noout", "-subject"])
      .replace(/^.*CN *= */, "")
      .trim();
  });
  expect(subjects).toEqual(identities.toReversed());
});

test("boxes have the trust disk that the lab gives them, and the same again when their machine comes up", async ({
  terra,
}) => {
  const { first, second, again, policies, refused, unknown } = await terra.evaluate(async () => {
    const lab = await window.terra.open("banking");
    const { trust, root } = (await lab.trust()) ?? { trust: {}, root: "" };
    const roots = async () => {
      const paths = ["alice/bank-client", "bank/bank-server"];
      return Promise.all(paths.map(async (path) => (await lab.vm(path).identity()).secondary.trust));
    };
    const required = async () => (await window.terra.policy()).requiredSecondary?.trust;
    const first = [root, await required(), ...(await roots())];
    const list = await window.terra.revocationList();
    const before = await window.terra.policy();
    const next = await lab.setTrust({ ...trust, common: { ...trust.common, revocationLists: [list] } });
    const second = [next, await required(), ...(await roots())];
    await lab.platform("alice").powerOff();
    await lab.platform("alice").powerOn();
    const again = await roots();
    // What is no trust at all changes nothing.
    const refused = await lab.setTrust({ roles: { "no role": {} } }).catch((error: Error) => error.message);
    const unknown = await window.terra.revoke("nobody").catch((error: Error) => error.message);
    const revoked = await window.terra.revoke("alice");
    const after = await window.terra.policy();
    const policies = [before.revocationLists, after.revocationLists?.length, after.revocationLists?.[0] === revoked];
    return { first, second, again, policies, refused, unknown };
  });
  expect(new Set(first).size).toBe(1);
  expect(new Set(second).size).toBe(1);
  expect(second[0]).not.toBe(first[0]);
  expect(new Set([...again, second[0]]).size).toBe(1);
  expect(refused).toContain("bad-argument: of a trust disk: ");
  expect(unknown).toContain('unknown-platform: there is no machine "nobody"');
  expect(policies).toEqual([undefined, 1, true]);
});

test("a description says what has a place in its images only", async ({ terra }) => {
  const errors = await terra.evaluate(async () => {
    const said = async (lab: object) =>
      window.terra.open(lab).then(
        () => "opened",
        (error: Error) => error.message,
      );
    const box = (vm: object) => ({ platforms: [{ id: "alice", vms: [vm] }] });
    return [
      await said(box({ name: "hello", config: { peer: "10.0.0.1" } })),
      await said({ ...box({ name: "hello" }), trust: {} }),
      await said({ ...box({ name: "bank-client" }), trust: { accept: { vm: [{ product: "x", minVersion: "new" }] } } }),
    ];
  });
  expect(errors).toEqual([
    "bad-argument: lab.platforms[0].vms[0].config should be left out: the image hello has no disk config",
    "bad-argument: lab.trust should be left out: no image of its boxes has a disk trust",
    'bad-argument: of a trust disk: accept.vm[0].minVersion: the version "new" is not numbers with dots between them, as 1.0.0',
  ]);
});
