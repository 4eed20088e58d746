/**
 * The page's second content policy, put in place before the first machine starts: from then on neither the page nor anything
 * that inherits its policy opens a connection or runs a script that it was not handed as bytes. It is never taken back.
 */
const POLICY = "connect-src 'none'; script-src 'wasm-unsafe-eval' blob:; worker-src data: blob:";

export function lockDown(): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = POLICY;
  document.head.append(meta);
}
