/**
 * The verifier's policy as the remote party edits it: everything that could be accepted as a line with a check box, and the policy
 * that the checked lines make. Pure. What is edited is the page's own; a lesson's steps never go by it.
 */
import { readCertificate, readRevocationList } from "../../engine/attestation/index.ts";
import type { Appraisal, AppraisalPolicy, Layer } from "../../engine/lab/api.ts";

export type Group = "hardware" | "vendors" | Layer | "secondary" | "revocation";

export const GROUPS: readonly Group[] = [
  "hardware",
  "vendors",
  "firmware",
  "loader",
  "tvmm",
  "vm",
  "secondary",
  "revocation",
];

const LAYERS: readonly Layer[] = ["firmware", "loader", "tvmm", "vm"];

type Acceptable = { digest: string } | { product: string; minVersion?: string };

interface Common {
  /** The same for the same line, whatever policy it is part of. */
  key: string;
  group: Group;
  /** Does the lab's own policy have it? */
  own: boolean;
}

export type Line = Common &
  (
    | { kind: "root"; pem: string; name: string; layer?: Layer }
    | { kind: "product"; product: string; minVersion: string }
    | { kind: "digest"; digest: string }
    | { kind: "disk"; name: string; root: string }
    | { kind: "list"; pem: string; from: number; revoked: number }
  );

export interface Edits {
  /** Keys of the lines that are not as the lab's own policy has them. */
  toggled: ReadonlySet<string>;
  /** Least versions by key. */
  versions: Readonly<Record<string, string>>;
  /** Lines that neither the lab's own policy nor, by now, the last evidence has: they were checked once, and stay to be unchecked. */
  more: readonly Line[];
  /** Revocation lists that were asked for: PEM. */
  lists: readonly string[];
}

export const NO_EDITS: Edits = { toggled: new Set(), versions: {}, more: [], lists: [] };

export const isEdited = ({ toggled, versions, lists }: Edits): boolean =>
  toggled.size > 0 || lists.length > 0 || Object.keys(versions).length > 0;

function rootName(pem: string): string {
  try {
    return readCertificate(pem).commonName ?? "";
  } catch {
    return "";
  }
}

function listLine(pem: string, own: boolean): Line[] {
  try {
    const { thisUpdate, revoked } = readRevocationList(pem, "the revocation list");
    return [
      { kind: "list", key: `list ${pem}`, group: "revocation", own, pem, from: thisUpdate, revoked: revoked.size },
    ];
  } catch {
    // The lab's own lists can be read; another one is not offered.
    return [];
  }
}

/** Products and digests of a layer: those of the lab's own policy, then what the last evidence had. */
function layerLines(group: Layer, own: AppraisalPolicy, seen: Appraisal | null, kept: readonly Line[]): Line[] {
  const lines: Line[] = (own.accept?.[group] ?? []).map((entry) =>
    "digest" in entry
      ? { kind: "digest", key: `${group} ${entry.digest}`, group, own: true, digest: entry.digest }
      : {
          kind: "product",
          key: `${group} ${entry.product}`,
          group,
          own: true,
          product: entry.product,
          minVersion: entry.minVersion ?? "",
        },
  );
  const there = seen?.layers.find(({ layer }) => layer === group);
  const more: Line[] = kept.filter((line) => line.group === group);
  const add = (line: Line) => {
    if (more.every(({ key }) => key !== line.key)) more.push(line);
  };
  if (there?.product !== undefined) {
    const { product } = there;
    add({ kind: "product", key: `${group} ${product}`, group, own: false, product, minVersion: "" });
  }
  if (there) {
    const { digest } = there;
    add({ kind: "digest", key: `${group} ${digest}`, group, own: false, digest });
  }
  return [...lines, ...more.filter(({ key }) => lines.every((line) => line.key !== key))];
}

/** Everything that could be accepted, in the order of the checks; the last evidence adds what it had and the policy has not. */
export function linesOf(own: AppraisalPolicy, seen: Appraisal | null, edits: Edits): Line[] {
  const roots = (own.hardwareRoots ?? []).map(
    (pem): Line => ({ kind: "root", key: `root ${pem}`, group: "hardware", own: true, pem, name: rootName(pem) }),
  );
  const vendors = LAYERS.flatMap((layer) =>
    (own.vendorRoots?.[layer] ?? []).map(
      (pem): Line => ({
        kind: "root",
        key: `${layer} ${pem}`,
        group: "vendors",
        own: true,
        pem,
        name: rootName(pem),
        layer,
      }),
    ),
  );
  const disks = Object.entries(own.requiredSecondary ?? {}).map(
    ([name, root]): Line => ({ kind: "disk", key: `disk ${name}`, group: "secondary", own: true, name, root }),
  );
  const lists = own.revocationLists ?? [];
  return [
    ...roots,
    ...vendors,
    ...LAYERS.flatMap((layer) => layerLines(layer, own, seen, edits.more)),
    ...disks,
    ...lists.flatMap((pem) => listLine(pem, true)),
    ...edits.lists.filter((pem) => !lists.includes(pem)).flatMap((pem) => listLine(pem, false)),
  ];
}

/** A list that was asked for is gone by at once; whatever else the lab's policy has not must be checked first. */
const atFirst = (line: Line): boolean => line.own || line.kind === "list";

export const isOn = (line: Line, { toggled }: Edits): boolean => atFirst(line) !== toggled.has(line.key);

export function toggled(edits: Edits, line: Line): Edits {
  const next = new Set(edits.toggled);
  const more = edits.more.filter(({ key }) => key !== line.key);
  if (!next.delete(line.key)) {
    next.add(line.key);
    if (!line.own && line.kind !== "list") more.push(line);
  }
  return { ...edits, toggled: next, more };
}

/** The least version as it is written; the lab's own again if that is what is written. */
export function versioned(edits: Edits, line: Line & { kind: "product" }, version: string): Edits {
  const { [line.key]: _, ...others } = edits.versions;
  return { ...edits, versions: version === line.minVersion ? others : { ...others, [line.key]: version } };
}

export const versionOf = (line: Line & { kind: "product" }, { versions }: Edits): string =>
  versions[line.key] ?? line.minVersion;

/** The policy that the checked lines make. It leaves nothing out: what is left out of a policy stays as the lab has it. */
export function policyOf(lines: readonly Line[], edits: Edits): AppraisalPolicy {
  const on = lines.filter((line) => isOn(line, edits));
  const vendorRoots: Partial<Record<Layer, string[]>> = {};
  const accept: AppraisalPolicy["accept"] = {};
  for (const layer of LAYERS) {
    vendorRoots[layer] = on.flatMap((line) => (line.kind === "root" && line.layer === layer ? [line.pem] : []));
    accept[layer] = on.flatMap((line): Acceptable[] => {
      if (line.group !== layer) return [];
      if (line.kind === "digest") return [{ digest: line.digest }];
      if (line.kind !== "product") return [];
      const minVersion = versionOf(line, edits).trim();
      return [{ product: line.product, ...(minVersion === "" ? {} : { minVersion }) }];
    });
  }
  return {
    hardwareRoots: on.flatMap((line) => (line.group === "hardware" && line.kind === "root" ? [line.pem] : [])),
    vendorRoots,
    accept,
    requiredSecondary: Object.fromEntries(on.flatMap((line) => (line.kind === "disk" ? [[line.name, line.root]] : []))),
    revocationLists: on.flatMap((line) => (line.kind === "list" ? [line.pem] : [])),
  };
}
