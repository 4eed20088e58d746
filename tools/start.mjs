/** `npm start`: makes everything ready, then serves the built site on this machine and prints its address. */
import process from "node:process";
import { serve, wantedPort } from "./serve.mjs";
import { setup } from "./setup.mjs";

let port;
try {
  port = wantedPort();
} catch (error) {
  console.error(error.message);
}
if (port !== undefined && (await setup("start"))) {
  const { address, close } = await serve({ port });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, close);
  console.log(`\nTerra Lab is at ${address}   (Ctrl-C ends it)`);
} else process.exitCode = 1;
