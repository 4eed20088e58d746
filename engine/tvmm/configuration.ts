/**
 * The owner's configuration, as it lies on the flash (configuration.ts of the protocol). Nobody measures it and anybody may have
 * rewritten it: what it asks for is done by the calls that anybody may make, and a configuration that makes no sense is
 * said to make none, and nothing more.
 */

import {
  CONFIGURATION_ENTRY,
  MAX_CONFIGURATION,
  type ManagementBox,
  readConfiguration,
} from "../protocol/configuration.ts";
import { toWireError } from "../protocol/errors.ts";
import { inTime, START_MS } from "./in-time.ts";
import { type Media, openContainer } from "./media.ts";

/** The management box to start, if one is configured; or why it cannot be told which. Never rejects. */
export async function configuredBox(flash: Media): Promise<{ box?: ManagementBox } | { unreadable: string }> {
  try {
    const bytes = await inTime(configuration(flash), "the flash", START_MS);
    const { management } = bytes ? readConfiguration(bytes) : {};
    return management ? { box: management } : {};
  } catch (thrown) {
    return { unreadable: `the configuration on the flash cannot be read: ${toWireError(thrown).sentence}` };
  }
}

async function configuration(flash: Media): Promise<Uint8Array | undefined> {
  const info = (await flash.list()).find(({ kind }) => kind === "flash");
  if (!info) return undefined;
  const files = await openContainer(flash, info.id, info.size);
  return files.has(CONFIGURATION_ENTRY) ? files.read(CONFIGURATION_ENTRY, { maxLength: MAX_CONFIGURATION }) : undefined;
}
