/**
 * COM3, the management device: the ten calls (paper 4.4), lists, inspection and limits as text, so that a shell can make them.
 * The framing is COM2's (serial-framing.ts): `VERB LENGTH\n` and a body. The body is lines `key=value\n`; WRITE-MEMORY and
 * SEND-KEYS have, after an empty line, raw bytes. Replies: `OK LENGTH\n` and text or bytes, `ERR LENGTH\n` and `code: sentence\n`.
 *
 *   CREATE-DEVICE  type=disk medium= class= [root= salt=] [slot=] [serial=] [counter=] | type=nic [role=] [mac=] |
 *                  type=display | type=serial purpose=            -> the new id and a newline
 *   CREATE-VM      name= medium= [image=] [as-open=true] [checking=] [share=] [vendor-certificates=BASE64 of the PEM texts]    -> the new id
 *   ATTACH, DETACH vm= device=      CONNECT, DISCONNECT a= b=      ON OFF SUSPEND RESUME DESTROY-VM vm=      DESTROY-DEVICE device=
 *   LIST           what=vms|devices|media|images|limits     -> a line of column names, then a line for each, fields separated by tabs
 *   READ-MEMORY    vm= address= length= (at most 65536)     -> bytes
 *   WRITE-MEMORY   vm= address=, empty line, bytes          SEND-KEYS vm=, empty line, UTF-8 text
 *   SCREENSHOT, SNAPSHOT  vm= [offset=0]   -> `TOTAL\n` and at most 65000 bytes from offset on; offset 0 takes a new one
 *   LIMIT          [memory=MIB] [images=DIGEST,DIGEST,… or any] [share=0.5] [vm= with share: for that VM only, and whichever
 *                  has its name after it; a share for all binds VMs of any name]
 *   READY          done= refused=           the policy has been carried out
 *
 * `vm` and `device` take an id; `vm` also takes a VM's name where no VM has that id. Whole numbers are decimal, or hexadecimal
 * with 0x; shares decimal, as in 0.25. `image` of CREATE-VM is a name for lists: left out, the medium's, without `.firmware` and
 * the number of a copy.
 *
 * A guest writes all this. Here it becomes a request of the owner's port, through that port's own door, or one of the few that
 * only this device has; nothing is carried out.
 */
import { badArgument, digest, malformed, integer as numberIn, oneOf, shown, text } from "./checks.ts";
import { TerraError } from "./errors.ts";
import { type OwnerRequest, parseOwnerRequest, share } from "./owner.ts";

export const MANAGEMENT_VERBS = [
  "CREATE-DEVICE",
  "CONNECT",
  "DISCONNECT",
  "CREATE-VM",
  "ATTACH",
  "DETACH",
  "ON",
  "OFF",
  "SUSPEND",
  "RESUME",
  "DESTROY-VM",
  "DESTROY-DEVICE",
  "LIST",
  "READ-MEMORY",
  "WRITE-MEMORY",
  "SCREENSHOT",
  "SNAPSHOT",
  "SEND-KEYS",
  "LIMIT",
  "READY",
] as const;

export type ManagementVerb = (typeof MANAGEMENT_VERBS)[number];

/** Bytes of a picture or snapshot in one reply, behind the line with their number. */
export const MAX_PIECE = 65000;
/** Bytes that READ-MEMORY takes at a time: a reply has no more. */
const MAX_READ = 65536;
const MAX_COUNT = 2 ** 32 - 1;

/**
 * What LIST answers for each `what`: the names of its columns, in this order, in the first line. A field has no tab and no
 * control character; "-" stands where there is nothing to say.
 *   vms      kind open|closed, state as in owner.ts, memory MiB, share over 0 to 1, primary digest of closed boxes,
 *            management yes|no, devices' ids separated by commas
 *   devices  type, class, role and wire as in owner.ts; attached: a VM's id; connected: devices' ids separated by commas
 *   media    kind flash|disk|sealed, size in bytes
 *   images   of each medium `ID.firmware`, whose disk is `ID.boot`: what its descriptor says; root and salt are those of the
 *            boot disk. A descriptor that cannot be read leaves a line with its id alone
 *   limits   memory MiB; images: digests separated by commas, or any; share, for all VMs ("-") and for single ones by their names
 */
export const LIST_COLUMNS = {
  vms: ["id", "name", "image", "kind", "state", "memory", "share", "primary", "management", "devices"],
  devices: ["id", "type", "medium", "class", "role", "mac", "wire", "attached", "connected"],
  media: ["id", "kind", "size"],
  images: ["id", "product", "version", "kind", "primary", "root", "salt"],
  limits: ["limit", "vm", "value"],
} as const;

export type ListWhat = keyof typeof LIST_COLUMNS;
const LISTS = Object.keys(LIST_COLUMNS) as ListWhat[];

export interface LimitChange {
  memoryMiB?: number;
  /** Primary digests, or null for any. */
  images?: string[] | null;
  share?: number;
  /** The share is for this VM only: an id or a name. */
  vm?: string;
}

export type ManagementRequest =
  /** A call that the owner's port has as well; `vm` in it may be a name. */
  | { do: "call"; request: OwnerRequest }
  | { do: "list"; what: ListWhat }
  | { do: "piece"; of: "screenshot" | "snapshot"; vm: string; offset: number }
  | { do: "limit"; change: LimitChange }
  | { do: "ready"; done: number; refused: number };

/** Keys that a verb's body may have. */
const KEYS: Record<ManagementVerb, readonly string[]> = {
  "CREATE-DEVICE": ["type", "medium", "class", "root", "salt", "slot", "serial", "counter", "role", "mac", "purpose"],
  CONNECT: ["a", "b"],
  DISCONNECT: ["a", "b"],
  "CREATE-VM": ["name", "medium", "image", "as-open", "checking", "share", "vendor-certificates"],
  ATTACH: ["vm", "device"],
  DETACH: ["vm", "device"],
  ON: ["vm"],
  OFF: ["vm"],
  SUSPEND: ["vm"],
  RESUME: ["vm"],
  "DESTROY-VM": ["vm"],
  "DESTROY-DEVICE": ["device"],
  LIST: ["what"],
  "READ-MEMORY": ["vm", "address", "length"],
  "WRITE-MEMORY": ["vm", "address"],
  SCREENSHOT: ["vm", "offset"],
  SNAPSHOT: ["vm", "offset"],
  "SEND-KEYS": ["vm"],
  LIMIT: ["memory", "images", "share", "vm"],
  READY: ["done", "refused"],
};

type Values = { [key: string]: string };

const NEWLINE = 10;

/** What a box asks over COM3. Codes "malformed" and "bad-argument", naming the key and what stood there. */
export function parseManagementRequest(verb: string, body: Uint8Array<ArrayBuffer>): ManagementRequest {
  const known = MANAGEMENT_VERBS.find((each) => each === verb);
  if (!known) throw malformed("the verb", verb, `one of ${MANAGEMENT_VERBS.join(", ")}`);
  const raw = known === "WRITE-MEMORY" || known === "SEND-KEYS";
  const { values, rest } = raw ? splitAtEmptyLine(known, body) : { values: readValues(known, body), rest: body };
  switch (known) {
    case "CREATE-DEVICE":
      return call({ op: "create-device", device: device(values) });
    case "CREATE-VM":
      return call({ op: "create-vm", config: createVm(values) });
    case "CONNECT":
    case "DISCONNECT":
    case "ATTACH":
    case "DETACH":
    case "ON":
    case "OFF":
    case "SUSPEND":
    case "RESUME":
    case "DESTROY-VM":
    case "DESTROY-DEVICE":
      return call({ ...values, op: known.toLowerCase() });
    case "READ-MEMORY": {
      const numbers = { ...given(values, "address", integer), ...given(values, "length", readLength) };
      return call({ ...values, op: "read-memory", ...numbers });
    }
    case "WRITE-MEMORY":
      return call({ ...values, op: "write-memory", ...given(values, "address", integer), bytes: rest });
    case "SEND-KEYS":
      return call({ ...values, op: "send-keys", text: utf8(rest, "what SEND-KEYS sends") });
    case "SCREENSHOT":
    case "SNAPSHOT": {
      const of = known === "SCREENSHOT" ? "screenshot" : "snapshot";
      return { do: "piece", of, vm: text(values.vm, "vm", 64), offset: integer(values.offset ?? "0", "offset") };
    }
    case "LIST":
      return { do: "list", what: oneOf(values.what, "what", LISTS) };
    case "LIMIT":
      return { do: "limit", change: limit(values) };
    case "READY":
      return { do: "ready", done: count(values, "done"), refused: count(values, "refused") };
  }
}

/** The same door as the owner's: what passes here passes there, what is refused is refused with the same words. */
function call(request: unknown): ManagementRequest {
  return { do: "call", request: parseOwnerRequest(request) };
}

function device(values: Values): unknown {
  return { ...values, ...given(values, "slot", integer), ...given(values, "counter", flag) };
}

function createVm(values: Values): unknown {
  const { name, medium, image, checking } = values;
  return {
    name,
    medium,
    image: image ?? medium?.replace(/(\.[1-9][0-9]*)?\.firmware$/, ""),
    checking,
    ...given(values, "asOpen", flag, "as-open"),
    ...given(values, "cpuShare", decimal, "share"),
    ...given(values, "vendorCertificates", pemTexts, "vendor-certificates"),
  };
}

function limit(values: Values): LimitChange {
  const { memory, images, share: most, vm } = values;
  if (memory === undefined && images === undefined && most === undefined) {
    throw new TerraError("malformed", "LIMIT sets nothing; it takes memory, images or share");
  }
  if (vm !== undefined && most === undefined) {
    throw new TerraError("malformed", `LIMIT has vm=${shown(vm)} without a share; memory and images are for all VMs`);
  }
  return {
    ...given(values, "memoryMiB", integer, "memory"),
    ...given(values, "images", digests),
    ...given(values, "share", (value, key) => share(decimal(value, key), key)),
    ...given(values, "vm", (value) => text(value, "vm", 64)),
  };
}

const digests = (value: string, key: string): string[] | null => {
  if (value === "any") return null;
  return value === "" ? [] : value.split(",").map((each, index) => digest(each, `${key}[${index}]`));
};

/** `{ name: read(value) }` of the value that stands at the key, or `{}` where it was left out. */
function given<const Name extends string, Value>(
  values: Values,
  name: Name,
  read: (value: string, key: string) => Value,
  key: string = name,
): { [K in Name]?: Value } {
  const value = values[key];
  return value === undefined ? {} : ({ [name]: read(value, key) } as { [K in Name]?: Value });
}

function integer(value: string, key: string): number {
  if (/^(0|[1-9][0-9]{0,15}|0x[0-9a-f]{1,13})$/i.test(value)) return Number(value);
  throw badArgument(key, value, "a whole number, decimal or hexadecimal with 0x");
}

const readLength = (value: string, key: string): number => numberIn(integer(value, key), key, 0, MAX_READ);

function count(values: Values, key: "done" | "refused"): number {
  const value = values[key];
  if (value === undefined) throw malformed(key, value, "a number of calls");
  return numberIn(integer(value, key), key, 0, MAX_COUNT);
}

function decimal(value: string, key: string): number {
  if (/^([0-9]{1,3}(\.[0-9]{0,15})?|\.[0-9]{1,15})$/.test(value)) return Number(value);
  throw badArgument(key, value, "a decimal number such as 0.25");
}

function flag(value: string, key: string): boolean {
  return oneOf(value, key, ["true", "false"]) === "true";
}

/** One text for each certificate, as the owner's port takes them; what stands around them is kept, and judged there. */
function pemTexts(value: string, key: string): string[] {
  let binary: string;
  try {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw new Error("other characters");
    binary = atob(value);
  } catch {
    throw badArgument(key, value, "base64 without line breaks, of PEM texts");
  }
  return binary.split(/(?<=-----END CERTIFICATE-----\r?\n)/);
}

function readValues(verb: ManagementVerb, bytes: Uint8Array): Values {
  const values: Values = {};
  if (bytes.length === 0) return values;
  const body = utf8(bytes, `the body of ${verb}`);
  if (!body.endsWith("\n")) throw new TerraError("malformed", `the body of ${verb} does not end with a newline`);
  for (const line of body.slice(0, -1).split("\n")) {
    const at = line.indexOf("=");
    if (at < 0) throw malformed(`a line of ${verb}`, line, "key=value");
    const key = line.slice(0, at);
    if (!KEYS[verb].includes(key)) {
      const known = KEYS[verb].join(", ");
      throw new TerraError("malformed", `${verb} has the unknown key ${shown(key)}; known: ${known}`);
    }
    if (key in values) throw new TerraError("malformed", `${verb} has the key ${key} twice`);
    values[key] = line.slice(at + 1);
  }
  return values;
}

/** Lines, an empty line, and whatever comes behind it. */
function splitAtEmptyLine(verb: ManagementVerb, body: Uint8Array<ArrayBuffer>) {
  const at = body.findIndex((byte, index) => byte === NEWLINE && (index === 0 || body[index - 1] === NEWLINE));
  if (at < 0) {
    throw new TerraError("malformed", `the body of ${verb} has no empty line between its keys and what it carries`);
  }
  return { values: readValues(verb, body.subarray(0, at)), rest: body.subarray(at + 1) };
}

function utf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TerraError("malformed", `${what} is not UTF-8`);
  }
}
