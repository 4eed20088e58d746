/** The control: the same attempts from a worker of the page's own origin. */
import { probe } from "./probe.ts";

self.addEventListener("message", async ({ data: { site, foreign, label } }) => {
  postMessage(await probe(site, foreign, label));
});
