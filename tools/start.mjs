/** `npm start`: makes everything ready, then serves the built site on this machine and prints its address. */
import process from "node:process";
import { serve, wantedPort } from "./serve.mjs";
import { setup } from "./setup.mjs";

const port = wantedPort();
if (await setup("start")) {
  const { address } = await serve({ port });
  console.log(`\nTerra Lab is at ${address}   (Ctrl-C ends it)`);
} else process.exitCode = 1;
