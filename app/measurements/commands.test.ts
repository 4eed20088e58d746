/** Each command is run as it stands, on files as the page saves them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BLOCK_SIZE, computeTree, concatBytes, digestSync, verifyTree } from "../../engine/storage/index.ts";
import { confirmBlock, confirmCertificate, confirmDisk, confirmFile, confirmText } from "./commands.ts";
import { hashBlocksOver } from "./layout.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "terra-commands-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const shell = (line: string) =>
  execFileSync("sh", ["-c", line], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }).toString("utf8");

function disk(name: string, blocks: number, salt: string) {
  const data = new Uint8Array(blocks * BLOCK_SIZE);
  // No two blocks are alike.
  const view = new DataView(data.buffer);
  for (let block = 0; block < blocks; block++) view.setUint32(block * BLOCK_SIZE, block);
  const { tree, root } = computeTree(data, salt);
  writeFileSync(path.join(folder, name), concatBytes(data, tree));
  return { file: name, blocks, salt, root, tree: verifyTree(tree, blocks, salt, root) };
}

describe("commands that confirm", () => {
  it("say what the page says of files, texts and certificates", () => {
    const bytes = new TextEncoder().encode("{}");
    writeFileSync(path.join(folder, "descriptor.json"), bytes);
    const file = confirmFile("descriptor.json", digestSync(bytes));
    expect(shell(file.line)).toBe(`${file.output}\n`);
    const words = "root=/dev/vda 'quoted' $HOME ro";
    const text = confirmText(words, digestSync(new TextEncoder().encode(words)));
    expect(shell(text.line)).toBe(`${text.output}\n`);
    const key = path.join(folder, "key.pem");
    shell(`openssl ecparam -name prime256v1 -genkey -noout -out ${key}`);
    shell(`openssl req -x509 -new -key ${key} -subj /CN=chip -days 1 -out chip.pem`);
    shell("openssl x509 -in chip.pem -outform DER -out chip.der");
    const [digest = ""] = shell("sha256sum chip.der").split(" ");
    const certificate = confirmCertificate("chip.pem", digest);
    expect(shell(certificate.line)).toBe(`${certificate.output}\n`);
  });

  it.each([
    ["no salt", ""],
    ["a salt", "ab12".repeat(16)],
  ])("verify a whole disk with %s, and notice one bit", (_, salt) => {
    const good = disk("good.img", 300, salt);
    expect(shell(confirmDisk(good).line)).toBe("");
    shell(`cp good.img bad.img && printf x | dd of=bad.img bs=1 seek=${4096 * 299} conv=notrunc status=none`);
    const noticed = confirmDisk({ ...good, file: "bad.img" }, 299);
    expect(shell(`${noticed.line} 2>&1 || true`).split("\n")[0]).toBe(noticed.output);
  });

  it.each([1, 2, 128, 129, 16_385])("name the digests on the way to a block of %i", (blocks) => {
    const salt = "0f".repeat(32);
    const of = disk(`${blocks}.img`, blocks, salt);
    const block = blocks - 1;
    for (const { level, index, place } of hashBlocksOver(block, blocks)) {
      const { line, output } = confirmBlock(of, place, hex(of.tree.digestOf(level, index)));
      expect(shell(line), `level ${level}`).toBe(`${output}\n`);
    }
    const { line, output } = confirmBlock(of, block, hex(of.tree.digestOf(-1, block)));
    expect(shell(line)).toBe(`${output}\n`);
    const whole = confirmDisk(of);
    expect(shell(whole.line)).toBe(blocks === 1 ? `${whole.output}\n` : "");
  });
});
