/**
 * The policy of a management box that has no other: a shell script that brings up the boxes of a machine's description. It is
 * read by people, so it makes each call in the open. Pure.
 */

import { POLICY_SIZE } from "../protocol/configuration.ts";
import { TerraError } from "../protocol/errors.ts";
import { type CardOf, connectionsOf, mediaName, nicsOf, placed } from "./connections.ts";
import type { DiskMedium } from "./declared.ts";
import type { PlatformDescription, VmDescription } from "./description.ts";
import { TRUST_SALT } from "./trust.ts";

/** What a description does not say of an image. */
export interface ImageFacts {
  /** Did its maker leave a console open. */
  console: boolean;
  /** PEM. */
  vendorCertificates: string[];
  /** Disks beside the boot disk, in the slots that it declares for them; attested if they have a root. */
  disks: (DiskMedium & { slot: number })[];
  /** Roles of cards that it cannot do without. */
  roles: string[];
}

const FUNCTIONS = `\
# box NAME MEDIA OPTION...: makes a VM, and the devices that every box has. Its disks are MEDIA.firmware and MEDIA.boot.
box() {
  name=$1 media=$2
  shift 2
  tvmm create-vm "$name" --medium "$media.firmware" "$@" >/dev/null || return
  disk=$(tvmm create-device disk --of "$media") && tvmm attach "$name" "$disk"
  serial=$(tvmm create-device serial --purpose attestation) && tvmm attach "$name" "$serial"
  display=$(tvmm create-device display) && tvmm attach "$name" "$display"
}

# disk NAME OPTION...: gives the box a further disk.
disk() {
  name=$1
  shift
  disk=$(tvmm create-device disk "$@") && tvmm attach "$name" "$disk"
}

# console NAME: gives the box a serial console, where its maker left one open.
console() {
  serial=$(tvmm create-device serial --purpose console) && tvmm attach "$1" "$serial"
}

# card NAME OPTION...: gives the box a network card, connected with nothing. Its id is in $card then.
card() {
  name=$1
  shift
  card=$(tvmm create-device nic "$@") && tvmm attach "$name" "$card"
}
`;

const certificateFile = (image: string) => `/run/${image}.pem`;

/** A shell's variable for a card's id; names have hyphens, variables have none. */
const variable = ({ box, card }: CardOf) => `card_${box.replaceAll("-", "_")}_${card}`;

function diskOptions({ medium, root, slot }: ImageFacts["disks"][number]): string {
  const how = root === undefined ? "raw" : `attested --root ${root} --salt '${TRUST_SALT}'`;
  return `--slot ${slot} --medium ${medium} --class ${how}`;
}

export function policyText(platform: PlatformDescription, factsOf: (vm: VmDescription) => ImageFacts): string {
  const vouched = new Map<string, string>();
  const options = (box: VmDescription) => {
    const certificates = factsOf(box).vendorCertificates;
    if (certificates.length > 0) vouched.set(box.image, certificates.map((pem) => `${pem.trim()}\n`).join(""));
    return [
      `--image ${box.image}`,
      ...(box.asOpen ? ["--as-open"] : []),
      ...(box.checking === undefined ? [] : [`--checking ${box.checking}`]),
      ...(box.cpuShare === undefined ? [] : [`--share ${box.cpuShare}`]),
      ...(certificates.length > 0 ? [`--vendor-certificates ${certificateFile(box.image)}`] : []),
    ].join(" ");
  };
  const end = (each: CardOf | string) => (typeof each === "string" ? each : `"$${variable(each)}"`);
  const connects = connectionsOf(platform).map(({ a, b }) => `tvmm connect ${end(a)} ${end(b)}\n`);
  const boxes = placed(platform).map(({ box, copy }) => [
    `box ${box.name} ${mediaName(box.image, copy)} ${options(box)}`,
    ...factsOf(box).disks.map((disk) => `disk ${box.name} ${diskOptions(disk)}`),
    ...(factsOf(box).console ? [`console ${box.name}`] : []),
    ...nicsOf(box, factsOf(box).roles).map(({ role }, card) => {
      const named = variable({ box: box.name, card });
      const kept = connects.some((line) => line.includes(`"$${named}"`)) ? ` && ${named}=$card` : "";
      return `card ${box.name}${role === undefined ? "" : ` --role ${role}`}${kept}`;
    }),
  ]);
  const sections = [
    `# What the management box of ${platform.id} does when the machine comes up: a list of calls, each of which the TVMM may refuse.
# It belongs to the machine's owner: 'policy edit' changes it, 'tvmm help' tells which calls there are.
`,
    FUNCTIONS,
    ...[...vouched].map(
      ([image, pem]) => `# What the vendor of ${image} says of it, for those who ask the box who it is.
cat >${certificateFile(image)} <<'END'
${pem}END
`,
    ),
    ...boxes.map((lines) => `${lines.join("\n")}\n`),
    connects.join(""),
    platform.vms
      .filter((box) => box.on)
      .map((box) => `tvmm on ${box.name}\n`)
      .join(""),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

/** What lies on the policy's medium: the text, then zeros. "bad-argument" if it is too long. */
export function policyMediumBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > POLICY_SIZE) {
    throw new TerraError("bad-argument", `the policy has ${bytes.length} bytes; its disk holds ${POLICY_SIZE}`);
  }
  const medium = new Uint8Array(POLICY_SIZE);
  medium.set(bytes);
  return medium;
}
