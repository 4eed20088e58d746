/** What stands in the forms of CREATE-VM and CREATE-DEVICE, made into a call. Pure. An empty field is left out; nothing is judged. */
import type { DeviceConfig, Image, VmConfig } from "../../engine/lab/api.ts";
import type { OwnerCall } from "./calls.ts";

export interface VmForm {
  name: string;
  /** An image of the catalogue, or a firmware medium in the machine. */
  image: string;
  checking: "" | "ahead-of-time" | "optimistic" | "none";
  asOpen: boolean;
  vouched: boolean;
  cpuShare: string;
}

export const emptyVm: VmForm = { name: "", image: "", checking: "", asOpen: false, vouched: true, cpuShare: "" };

export function vmCall(form: VmForm, images: readonly Image[]): OwnerCall {
  const known = images.find(({ id }) => id === form.image);
  const vouched = form.vouched && (known?.vendorCertificates.length ?? 0) > 0;
  const config: VmConfig = {
    name: form.name,
    image: known ? known.id : { medium: form.image },
    ...(form.asOpen ? { asOpen: true } : {}),
    ...(form.checking === "" ? {} : { checking: form.checking }),
    ...(form.cpuShare === "" ? {} : { cpuShare: Number(form.cpuShare) }),
    ...(vouched && known ? { vendorCertificates: known.vendorCertificates } : {}),
  };
  return { verb: "CREATE-VM", config, vouched };
}

export const DISK_CLASSES = ["raw", "attested", "integrity", "encrypted"] as const;
export const PURPOSES = ["console", "attestation", "management"] as const;

export interface DeviceForm {
  type: DeviceConfig["type"];
  medium: string;
  class: (typeof DISK_CLASSES)[number];
  root: string;
  salt: string;
  counter: boolean;
  slot: string;
  serial: string;
  role: string;
  mac: string;
  purpose: (typeof PURPOSES)[number];
}

export const emptyDevice: DeviceForm = {
  type: "disk",
  medium: "",
  class: "raw",
  root: "",
  salt: "",
  counter: false,
  slot: "",
  serial: "",
  role: "",
  mac: "",
  purpose: "console",
};

function diskConfig(form: DeviceForm): DeviceConfig {
  const common = {
    type: "disk" as const,
    medium: form.medium,
    ...(form.slot === "" ? {} : { slot: Number(form.slot) }),
    ...(form.serial === "" ? {} : { serial: form.serial }),
  };
  if (form.class === "attested") return { ...common, class: form.class, root: form.root, salt: form.salt };
  return { ...common, class: form.class, ...(form.counter ? { counter: true } : {}) };
}

export function deviceCall(form: DeviceForm): OwnerCall {
  const device: DeviceConfig = (() => {
    switch (form.type) {
      case "disk":
        return diskConfig(form);
      case "nic":
        return {
          type: "nic",
          ...(form.role === "" ? {} : { role: form.role }),
          ...(form.mac === "" ? {} : { mac: form.mac }),
        };
      case "display":
        return { type: "display" };
      case "serial":
        return { type: "serial", purpose: form.purpose };
    }
  })();
  return { verb: "CREATE-DEVICE", device };
}

/** The image whose boot disk lies on the medium: "pc.boot", "pc.2.boot". */
export function imageOnMedium(medium: string, images: readonly Image[]): Image | undefined {
  const id = /^(.+?)(?:\.\d+)?\.boot$/.exec(medium)?.[1];
  return images.find((image) => image.id === id);
}

/** Root and salt of an image's boot disk, from its descriptor; null if it has none. */
export function bootTree(image: Image | undefined): { root: string; salt: string } | null {
  if (!image || image.descriptor.length === 0) return null;
  const descriptor: unknown = JSON.parse(new TextDecoder().decode(image.descriptor));
  if (typeof descriptor !== "object" || descriptor === null || !("boot" in descriptor)) return null;
  const { boot } = descriptor;
  if (typeof boot !== "object" || boot === null || !("root" in boot) || !("salt" in boot)) return null;
  const { root, salt } = boot;
  return typeof root === "string" && typeof salt === "string" ? { root, salt } : null;
}
