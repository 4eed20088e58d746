/**
 * Role: owner. The ten calls of the paper's section 4.4 as a script makes them; each is carried to the TVMM, which decides.
 * The one thing done here is what an owner's hands would do: a catalogue image is put into the machine before CREATE-VM.
 */
import { shown } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { DeviceStatus, OwnerRequest, VmStatus } from "../protocol/owner.ts";
import type { DeviceConfig, Management, VmConfig } from "./api.ts";
import { asArgument, words } from "./arguments.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";

export function createManagement(machine: Machine, media: Media): Management {
  const ask = async (request: OwnerRequest) => {
    await asArgument(machine.owner(request));
  };

  async function firmwareOf(image: VmConfig["image"]): Promise<{ medium: string; image: string }> {
    if (typeof image === "string") return { medium: (await media.image(image)).firmware, image };
    if (typeof image === "object" && image !== null && typeof image.medium === "string") {
      return { medium: image.medium, image: words(image.image ?? image.medium, "image.image") };
    }
    throw new TerraError("bad-argument", `image is ${shown(image)}; it should be an image's id or { medium }`);
  }

  return {
    createDevice: async (device: DeviceConfig) =>
      (await asArgument(machine.owner({ op: "create-device", device }))) as string,
    connect: (a, b) => ask({ op: "connect", a, b }),
    disconnect: (a, b) => ask({ op: "disconnect", a, b }),
    async createVm(config) {
      if (typeof config !== "object" || config === null) {
        throw new TerraError(
          "bad-argument",
          `the VM's configuration is ${shown(config)}; it should be { name, image, … }`,
        );
      }
      const { image, ...rest } = config;
      const request: OwnerRequest = { op: "create-vm", config: { ...rest, ...(await firmwareOf(image)) } };
      return (await asArgument(machine.owner(request))) as string;
    },
    attach: (vm, device) => ask({ op: "attach", vm, device }),
    detach: (vm, device) => ask({ op: "detach", vm, device }),
    on: (vm) => ask({ op: "on", vm }),
    off: (vm) => ask({ op: "off", vm }),
    suspend: (vm) => ask({ op: "suspend", vm }),
    resume: (vm) => ask({ op: "resume", vm }),
    destroyVm: (vm) => ask({ op: "destroy-vm", vm }),
    destroyDevice: (device) => ask({ op: "destroy-device", device }),
    async vms() {
      const statuses = (await machine.owner({ op: "list-vms" })) as VmStatus[];
      return statuses.map(({ id, name, image, kind, state, devices }) => ({ id, name, image, kind, state, devices }));
    },
    async devices() {
      const statuses = (await machine.owner({ op: "list-devices" })) as DeviceStatus[];
      const own = statuses.filter((status) => status.wire === undefined);
      return own.map(({ id, type: kind, mac, attachedTo, connectedTo }) => {
        // The TVMM says "serial console"; a script asks for the type that it gave to createDevice.
        const [type = kind, purpose] = kind.split(" ");
        return {
          id,
          type,
          ...(purpose === undefined ? {} : { purpose }),
          ...(mac === undefined ? {} : { mac }),
          ...(attachedTo === undefined ? {} : { attachedTo }),
          connectedTo,
        };
      });
    },
  };
}
