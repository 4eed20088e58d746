/**
 * The page's second content policy, put in place before the first machine starts: from then on neither the page nor anything
 * that inherits its policy opens a connection or runs a script that it was not handed as bytes. It is never taken back.
 */
// Typefaces as well: measured code could ask the site's server for one whose address tells a secret (new FontFace).
const POLICY = "connect-src 'none'; font-src 'none'; script-src 'wasm-unsafe-eval' blob:; worker-src data: blob:";

export async function lockDown(): Promise<void> {
  // The page's own must be there before; one that cannot be had is done without.
  await Promise.allSettled([...document.fonts].map((face) => face.load()));
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = POLICY;
  document.head.append(meta);
}
