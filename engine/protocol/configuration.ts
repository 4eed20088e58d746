/**
 * What the owner set up in the machine: the entry `configuration` of the flash. It lies outside the chip and is measured by
 * nobody: an attacker may rewrite it, and no guarantee may depend on it. Today it says one thing: which box the TVMM starts by
 * itself, the management box (paper 4.4). Strict: a configuration that is not understood starts no box.
 */
import { fields, optional, text, textLike } from "./checks.ts";
import { TerraError } from "./errors.ts";

export const CONFIGURATION_ENTRY = "configuration";
/** Bytes. */
export const MAX_CONFIGURATION = 4096;
/** Bytes of the raw disk that holds the policy's text. */
export const POLICY_SIZE = 65536;

export interface ManagementBox {
  /** The VM's name, "management" as a rule. */
  name: string;
  /** Media `IMAGE.firmware` and `IMAGE.boot`. */
  image: string;
  /** Medium of the raw disk with the policy; slot 1. */
  policy?: string;
}

export interface Configuration {
  format: "terra-configuration-1";
  management?: ManagementBox;
}

export function writeConfiguration(configuration: Configuration): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(configuration, null, 2)}\n`);
}

/** UTF-8 JSON. Errors: "malformed" or "bad-argument", naming the field. */
export function readConfiguration(bytes: Uint8Array): Configuration {
  if (bytes.length > MAX_CONFIGURATION) {
    throw new TerraError("bad-argument", `the configuration has ${bytes.length} bytes; at most ${MAX_CONFIGURATION}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw new TerraError("malformed", `the configuration is not JSON in UTF-8: ${String(thrown)}`);
  }
  const from = fields(json, "the configuration", ["format", "management"]);
  const format = textLike(
    from.format,
    "format",
    /^terra-configuration-1$/,
    '"terra-configuration-1"',
  ) as Configuration["format"];
  return { format, ...optional(from, "management", managementBox) };
}

function managementBox(raw: unknown): ManagementBox {
  const from = fields(raw, "management", ["name", "image", "policy"]);
  return {
    name: text(from.name, "management.name", 31),
    image: text(from.image, "management.image", 96),
    ...optional(from, "policy", (value) => text(value, "management.policy", 128)),
  };
}
