/**
 * Computes lib/p256-table.h from the definition of P-256 (SP 800-186, 3.2.1.3) with the arithmetic of a school book, so
 * that nobody has to believe the numbers there.
 */
const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const G = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};
type Point = typeof G | undefined;

const mod = (a: bigint) => ((a % p) + p) % p;

function inverse(a: bigint): bigint {
  let result = 1n;
  for (let base = mod(a), power = p - 2n; power > 0n; power >>= 1n, base = mod(base * base)) {
    if (power & 1n) result = mod(result * base);
  }
  return result;
}

function add(a: Point, b: Point): Point {
  if (!a || !b) return a ?? b;
  if (a.x === b.x && a.y !== b.y) return undefined;
  const slope = a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y) : (b.y - a.y) * inverse(b.x - a.x);
  const x = mod(slope * slope - a.x - b.x);
  return { x, y: mod(slope * (a.x - x) - a.y) };
}

/** 2^exponent G */
function power(exponent: number): Point {
  let point: Point = G;
  for (let i = 0; i < exponent; i++) point = add(point, point);
  return point;
}

/** A field element times 2^256, as eight words, least significant first. */
function words(a: bigint): string {
  const montgomery = mod(a << 256n);
  const all = Array.from({ length: 8 }, (_, i) => (montgomery >> BigInt(32 * i)) & 0xffffffffn);
  return `{${all.map((word) => `0x${word.toString(16).padStart(8, "0")}`).join(", ")}}`;
}

/** The numbers of the table: entry [block][digit - 1] is the sum over the digit's bits t of 2^(64 t + 16 block) G. */
export function tableText(): string {
  const blocks = [0, 1, 2, 3].map((block) => {
    const teeth = [0, 1, 2, 3].map((t) => power(64 * t + 16 * block));
    const entries = Array.from({ length: 15 }, (_, i) => {
      const sum = teeth.reduce<Point>((total, tooth, t) => ((i + 1) & (1 << t) ? add(total, tooth) : total), undefined);
      if (!sum) throw new Error("no sum of these is the point at infinity");
      return `        {${words(sum.x)},\n         ${words(sum.y)}},`;
    });
    return `    {\n${entries.join("\n")}\n    },`;
  });
  return blocks.join("\n");
}
