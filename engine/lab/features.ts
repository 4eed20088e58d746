/** What the lab needs of the browser, asked for before anything is started. */

const NEEDED: [string, () => boolean][] = [
  ["a secure context (HTTPS, or localhost)", () => globalThis.isSecureContext],
  ["web workers", () => "Worker" in globalThis],
  ["WebAssembly", () => "WebAssembly" in globalThis],
  ["the Web Cryptography API", () => globalThis.crypto?.subtle !== undefined],
  ["IndexedDB", () => "indexedDB" in globalThis],
  ["OffscreenCanvas", () => "OffscreenCanvas" in globalThis],
  ["DecompressionStream", () => "DecompressionStream" in globalThis],
];

/** Names in words, empty if nothing is missing. */
export function missingFeatures(): string[] {
  return NEEDED.filter(([, present]) => !present()).map(([name]) => name);
}
