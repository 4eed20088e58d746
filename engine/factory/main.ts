/** Entry of the factory realm, an ordinary worker of the page's origin. Glue only: factory.ts decides, store.ts keeps. */
import { serve } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import { parseFactoryRequest } from "../protocol/factory.ts";
import { createFactory } from "./factory.ts";
import { loadVendors } from "./store.ts";

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new TerraError("unsupported", `${url} could not be fetched: ${String(cause)}`);
  });
  if (!response.ok) throw new TerraError("unsupported", `${url} could not be fetched: HTTP status ${response.status}`);
  return response.json().catch(() => {
    throw new TerraError("malformed", `${url} is not JSON`);
  });
}

declare const self: DedicatedWorkerGlobalScope;
serve(self, parseFactoryRequest, createFactory({ loadVendors, fetchJson }));
