/**
 * Commands that give, outside the page, what stands in it, for files as the page saves them, and the output that they must give.
 * They need coreutils, openssl and cryptsetup, and a POSIX shell. Pure.
 */

export interface Confirmation {
  line: string;
  output: string;
}

/** An attested disk: a file with `blocks` blocks of 4096 bytes and the hash tree behind them. `salt` and `root` are hex. */
export interface VerityDisk {
  file: string;
  blocks: number;
  salt: string;
  root: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export const confirmFile = (file: string, digest: string): Confirmation => ({
  line: `sha256sum ${file}`,
  output: `${digest}  ${file}`,
});

/** The digest of a certificate is that of its DER. */
export const confirmCertificate = (file: string, digest: string): Confirmation => ({
  line: `openssl x509 -in ${file} -outform DER | sha256sum`,
  output: `${digest}  -`,
});

export const confirmText = (text: string, digest: string): Confirmation => ({
  line: `printf %s ${quoted(text)} | sha256sum`,
  output: `${digest}  -`,
});

/** One block, data's or tree's: dm-verity hashes the salt and then the block. `place` counts blocks in the file. */
export function confirmBlock({ file, salt }: VerityDisk, place: number, digest: string): Confirmation {
  const block = `dd if=${file} bs=4096 skip=${place} count=1 status=none`;
  const salted = `{ printf %s ${salt.toUpperCase()} | basenc -d --base16; ${block}; }`;
  return { line: `${salt === "" ? block : salted} | sha256sum`, output: `${digest}  -` };
}

/** `failed`: the first block that is wrong on the medium, if one was found. */
export function confirmDisk(disk: VerityDisk, failed: number | null = null): Confirmation {
  const { file, blocks, salt, root } = disk;
  // veritysetup makes no tree over a single block: its digest is the root.
  if (blocks === 1) return confirmBlock(disk, 0, root);
  const line = [
    "veritysetup verify --no-superblock --format=1 --hash=sha256 --data-block-size=4096 --hash-block-size=4096",
    `--data-blocks=${blocks} --hash-offset=${blocks * 4096} --salt=${salt || "-"}`,
    `${file} ${file} ${root}`,
  ].join(" ");
  const output =
    failed === null ? "it says nothing and ends with status 0" : `Verification failed at position ${failed * 4096}.`;
  return { line, output };
}
