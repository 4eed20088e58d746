/** The checksum of IPv4, ICMP, UDP and TCP (RFC 1071): it finds accidents, never attackers. */

/** Sum of 16-bit words in ones' complement; an odd last byte counts as if a zero followed. 0xffff over what includes a right checksum. */
export function onesSum(...parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** What UDP and TCP sum before their own bytes: the IPv4 pseudo-header (RFC 9293, 3.1). */
export function pseudoHeader(
  packet: { source: Uint8Array; destination: Uint8Array },
  protocol: number,
  length: number,
): Uint8Array {
  return Uint8Array.of(...packet.source, ...packet.destination, 0, protocol, length >> 8, length & 0xff);
}

/** What the checksum `stored` in these parts should have been, or undefined if it is right. */
export function correction(stored: number, ...parts: Uint8Array[]): number | undefined {
  const sum = onesSum(...parts);
  if (sum === 0xffff) return undefined;
  // Taking the stored word out of the sum is adding its complement.
  return ~onesSum(Uint8Array.of(sum >> 8, sum & 0xff, (~stored >> 8) & 0xff, ~stored & 0xff)) & 0xffff;
}
