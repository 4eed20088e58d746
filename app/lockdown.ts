/**
 * Tightens the page's content policy once nothing is left to be loaded: from then on neither the page nor anything that it
 * starts, measured code above all, can connect anywhere or load a script by address. Policies only add up; there is no way back.
 */
const POLICY = "connect-src 'none'; script-src 'wasm-unsafe-eval' blob:; worker-src data: blob:";

export function lockDown(): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = POLICY;
  document.head.append(meta);
}
