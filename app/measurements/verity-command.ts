/** The veritysetup command that checks a boot medium, file system and tree in one file, against the descriptor's root. Pure. */

interface Boot {
  size: number;
  salt: string;
  root: string;
}

function isBoot(value: unknown): value is Boot {
  if (typeof value !== "object" || value === null) return false;
  const { size, salt, root } = value as Record<string, unknown>;
  return typeof size === "number" && typeof salt === "string" && typeof root === "string";
}

/** `descriptor` is descriptor.json's bytes; undefined if it names no boot disk. `file` is named as the page saves it. */
export function verityCommand(descriptor: Uint8Array, file: string): { line: string; output: string } | undefined {
  let boot: unknown;
  try {
    boot = (JSON.parse(new TextDecoder().decode(descriptor)) as { boot?: unknown }).boot;
  } catch {
    return undefined;
  }
  if (!isBoot(boot)) return undefined;
  const line = [
    "veritysetup verify --no-superblock --format=1 --hash=sha256 --data-block-size=4096 --hash-block-size=4096",
    `--data-blocks=${boot.size / 4096} --hash-offset=${boot.size} --salt=${boot.salt || "-"}`,
    `${file} ${file} ${boot.root}`,
  ].join(" ");
  return { line, output: "it says nothing and ends with status 0" };
}
