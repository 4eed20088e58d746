/**
 * The ten calls (paper 4.4) and what is ours, as data: one value is carried out by the scripting API, and written as the line that
 * would do the same in a script and at the management box's shell. Pure but for `carryOut`; nothing is checked here, since the
 * TVMM decides.
 */
import type { DeviceConfig, Management, VmConfig } from "../../engine/lab/api.ts";

/** Calls about one VM, by id; `name` is what people call it. */
export const VM_VERBS = ["ON", "OFF", "SUSPEND", "RESUME", "ATTACH", "DETACH", "DESTROY-VM"] as const;
export const DEVICE_VERBS = ["ATTACH", "DETACH", "CONNECT", "DISCONNECT", "DESTROY-DEVICE"] as const;

export type VmVerb = (typeof VM_VERBS)[number];
export type DeviceVerb = (typeof DEVICE_VERBS)[number];
export type Verb = VmVerb | DeviceVerb | "CREATE-VM" | "CREATE-DEVICE";

export type OwnerCall =
  | { verb: "ON" | "OFF" | "SUSPEND" | "RESUME" | "DESTROY-VM"; vm: string; name: string }
  | { verb: "ATTACH" | "DETACH"; vm: string; name: string; device: string }
  | { verb: "CONNECT" | "DISCONNECT"; a: string; b: string }
  | { verb: "DESTROY-DEVICE"; device: string }
  /** `vouched`: the catalogue's vendor certificates come with it. */
  | { verb: "CREATE-VM"; config: VmConfig; vouched: boolean }
  | { verb: "CREATE-DEVICE"; device: DeviceConfig };

/** In the paper's list of ten? Destroying is ours. */
export const isOurs = (verb: Verb): boolean => verb.startsWith("DESTROY");

const METHODS = {
  ON: "on",
  OFF: "off",
  SUSPEND: "suspend",
  RESUME: "resume",
  "DESTROY-VM": "destroyVm",
  ATTACH: "attach",
  DETACH: "detach",
  CONNECT: "connect",
  DISCONNECT: "disconnect",
  "DESTROY-DEVICE": "destroyDevice",
  "CREATE-VM": "createVm",
  "CREATE-DEVICE": "createDevice",
} as const satisfies Record<Verb, keyof Management>;

/** Makes the call; resolves to the id of what it made, if it made something. */
export async function carryOut(management: Management, call: OwnerCall): Promise<string | undefined> {
  switch (call.verb) {
    case "ATTACH":
    case "DETACH":
      await management[METHODS[call.verb]](call.vm, call.device);
      return undefined;
    case "CONNECT":
    case "DISCONNECT":
      await management[METHODS[call.verb]](call.a, call.b);
      return undefined;
    case "DESTROY-DEVICE":
      await management.destroyDevice(call.device);
      return undefined;
    case "CREATE-VM":
      return management.createVm(call.config);
    case "CREATE-DEVICE":
      return management.createDevice(call.device);
    default:
      await management[METHODS[call.verb]](call.vm);
      return undefined;
  }
}

/** Words of a shell stand as they are, anything else in quotes. */
function word(text: string | number): string {
  const plain = String(text);
  return /^[\w.,:/@%+=-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

function options(pairs: Record<string, string | number | boolean | undefined>): string {
  return Object.entries(pairs)
    .flatMap(([name, value]) => {
      if (value === undefined || value === false) return [];
      return value === true ? [` --${name}`] : [` --${name} ${word(value)}`];
    })
    .join("");
}

function createVmLine({ name, image, asOpen, checking, cpuShare }: VmConfig, vouched: boolean): string {
  const id = typeof image === "string" ? image : (image.image ?? image.medium);
  return `tvmm create-vm ${word(name)}${options({
    image: id,
    medium: typeof image === "string" ? undefined : image.medium,
    "as-open": asOpen,
    checking,
    share: cpuShare,
    "vendor-certificates": vouched ? `/run/${id}.pem` : undefined,
  })}`;
}

function createDeviceLine(device: DeviceConfig): string {
  switch (device.type) {
    case "disk": {
      const { medium, class: kind, slot, serial } = device;
      const extra = "root" in device ? { root: device.root, salt: device.salt } : {};
      const counter = "counter" in device ? device.counter : undefined;
      return `tvmm create-device disk${options({ medium, class: kind, ...extra, slot, serial, counter })}`;
    }
    case "nic":
      return `tvmm create-device nic${options({ role: device.role, mac: device.mac })}`;
    case "display":
      return "tvmm create-device display";
    case "serial":
      return `tvmm create-device serial${options({ purpose: device.purpose })}`;
  }
}

/** The same call at the shell of the machine's management box. */
export function commandLine(call: OwnerCall): string {
  switch (call.verb) {
    case "ATTACH":
    case "DETACH":
      return `tvmm ${call.verb.toLowerCase()} ${word(call.name)} ${word(call.device)}`;
    case "CONNECT":
    case "DISCONNECT":
      return `tvmm ${call.verb.toLowerCase()} ${word(call.a)} ${word(call.b)}`;
    case "DESTROY-DEVICE":
      return `tvmm destroy-device ${word(call.device)}`;
    case "CREATE-VM":
      return createVmLine(call.config, call.vouched);
    case "CREATE-DEVICE":
      return createDeviceLine(call.device);
    default:
      return `tvmm ${call.verb.toLowerCase()} ${word(call.name)}`;
  }
}

/** A value as a script has it: keys bare, on one line. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${literal(each)}`);
  return `{ ${entries.join(", ")} }`;
}

function args(call: OwnerCall): string {
  switch (call.verb) {
    case "ATTACH":
    case "DETACH":
      return `${literal(call.vm)}, ${literal(call.device)}`;
    case "CONNECT":
    case "DISCONNECT":
      return `${literal(call.a)}, ${literal(call.b)}`;
    case "DESTROY-DEVICE":
      return literal(call.device);
    case "CREATE-VM": {
      const { vendorCertificates: _left, ...rest } = call.config;
      if (!call.vouched) return literal(rest);
      const id = typeof rest.image === "string" ? rest.image : (rest.image.image ?? rest.image.medium);
      const vouched = `(await terra.images()).find(({ id }) => id === ${literal(id)}).vendorCertificates`;
      return literal(rest).replace(/ }$/, `, vendorCertificates: ${vouched} }`);
    }
    case "CREATE-DEVICE":
      return literal(call.device);
    default:
      return literal(call.vm);
  }
}

/** The same call in a script, in the browser's console for example. */
export function scriptLine(platform: string, call: OwnerCall): string {
  return `await terra.lab.platform(${literal(platform)}).management.${METHODS[call.verb]}(${args(call)});`;
}
