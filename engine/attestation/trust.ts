/**
 * The text on a `trust` disk: roots and policy of a site, what all roles have in common first, then a section for each role
 * (docs/formats.md). It is plain lines because guests read it in C, where each accepted spelling is code to be trusted: one
 * spelling only, and whatever else is there is refused. Must never write what it would not read.
 */
import { type Bytes, isDigest, utf8 } from "./bytes.ts";
import { badArgument, quoted } from "./errors.ts";
import { isLayer, LAYERS, type Layer } from "./layers.ts";
import { type PemLabel, readOnePem, toPem } from "./pem.ts";
import { ours, readPolicy } from "./policy.ts";
import type { Acceptable, AppraisalPolicy } from "./types.ts";
import { checkVersion } from "./version.ts";

/** Bytes of a trust disk, zeros behind the text included. */
const TRUST_LIMIT = 262_144;
const BLOCK = 4096;
const FIRST_LINE = "terra-trust-1";
/** What a reader in a guest has room for, for what is common and one role together. */
const MAX_ROOTS = 16;
const MAX_ACCEPTABLES = 64;
const MAX_LISTS = 16;
const MAX_SECONDARIES = 16;
const MAX_ROLES = 64;

/** Without `time`: it is the reader's own. */
export type TrustPolicy = Omit<AppraisalPolicy, "time">;

export interface Trust {
  /** What every role's policy begins with. */
  common?: TrustPolicy;
  /** By the name of the role: lower-case letters, digits and hyphens. */
  roles?: Readonly<Record<string, TrustPolicy>>;
}

/** The text; throws an AttestationError, code "bad-argument", for what cannot be said in it. */
export async function writeTrust(trust: Trust): Promise<string> {
  const lines = [FIRST_LINE, ...policyLines(trust.common ?? {})];
  const roles = Object.entries(trust.roles ?? {});
  for (const [role, policy] of roles) lines.push(oneLine(`role ${role}`), ...policyLines(policy));
  const text = [...lines, "end", ""].join("\n");
  for (const role of [undefined, ...roles.map(([name]) => name)]) await readTrust(text, role);
  return text;
}

/** The text as a disk: zeros behind it up to a whole number of blocks of 4096 bytes. */
export function trustDisk(text: string): Bytes {
  const bytes = utf8(text);
  const disk = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  disk.set(bytes);
  return disk;
}

function policyLines(policy: TrustPolicy): string[] {
  const { hardwareRoots = [], vendorRoots = {}, accept = {}, requiredSecondary = {}, revocationLists = [] } = policy;
  const block = (keyword: string, pem: string, label: PemLabel = "CERTIFICATE") => [
    keyword,
    toPem(
      ours(() => readOnePem(pem, keyword, label, TRUST_LIMIT)),
      label,
    ).trimEnd(),
  ];
  return [
    ...hardwareRoots.flatMap((pem) => block("hardware-root", pem)),
    ...LAYERS.flatMap((layer) => (vendorRoots[layer] ?? []).flatMap((pem) => block(`vendor-root ${layer}`, pem))),
    ...revocationLists.flatMap((pem) => block("revocation-list", pem, "X509 CRL")),
    ...LAYERS.flatMap((layer) => (accept[layer] ?? []).map((entry) => oneLine(`accept ${layer} ${acceptLine(entry)}`))),
    ...Object.entries(requiredSecondary).map(([name, root]) => oneLine(`secondary ${name} ${root}`)),
  ];
}

function acceptLine(entry: Acceptable): string {
  if ("digest" in entry) return `digest ${entry.digest}`;
  if (entry.minVersion !== undefined) checkVersion(entry.minVersion, badArgument);
  return `product ${entry.minVersion ?? "any"} ${entry.product}`;
}

function oneLine(line: string): string {
  if (line.includes("\n")) throw badArgument(`${quoted(line)} has a line end, which the trust text cannot say`);
  return line;
}

/**
 * The policy of one role, what is common included; without a role, what is common alone. Throws an AttestationError, code
 * "bad-argument", for a text that is not exactly as docs/formats.md says, in whichever section.
 */
export async function readTrust(text: string, role?: string): Promise<TrustPolicy> {
  checkText(text);
  const lines = new Lines(text);
  if (lines.next() !== FIRST_LINE) throw lines.wrong(FIRST_LINE);
  const common = new Section();
  const roles = new Map<string, Section>();
  let section = common;
  for (let line = lines.next(); line !== "end"; line = lines.next()) {
    const [keyword, rest] = word(line);
    if (keyword === "role") {
      if (rest === undefined || !/^[a-z][a-z0-9-]{0,31}$/.test(rest)) {
        throw lines.wrong("a role's name of lower-case letters, digits and hyphens");
      }
      if (roles.has(rest)) throw badArgument(`the trust text has the role ${rest} twice`);
      if (roles.size === MAX_ROLES) throw badArgument(`the trust text has more than ${MAX_ROLES} roles`);
      section = new Section();
      roles.set(rest, section);
    } else readEntry(keyword, rest, section, lines);
  }
  lines.end();
  // What is not ours must be well formed all the same, or two roles would disagree on whether the disk is good.
  for (const each of [common, ...roles.values()]) await readPolicy(each.policy());
  if (role === undefined) return common.checked().policy();
  const own = roles.get(role);
  if (!own) throw badArgument(`the trust text has no section for the role ${role}`);
  return common.with(own).checked().policy();
}

const byLayer = <Value>(): Record<Layer, Value[]> => ({ firmware: [], loader: [], tvmm: [], vm: [] });

class Section {
  readonly hardwareRoots: string[] = [];
  readonly vendorRoots = byLayer<string>();
  readonly accept = byLayer<Acceptable>();
  readonly requiredSecondary = new Map<string, string>();
  readonly revocationLists: string[] = [];

  require(name: string, root: string): void {
    if ((this.requiredSecondary.get(name) ?? root) !== root) throw badArgument(`the disk ${name} has two roots`);
    this.requiredSecondary.set(name, root);
  }

  with(more: Section): Section {
    this.hardwareRoots.push(...more.hardwareRoots);
    this.revocationLists.push(...more.revocationLists);
    for (const layer of LAYERS) {
      this.vendorRoots[layer].push(...more.vendorRoots[layer]);
      this.accept[layer].push(...more.accept[layer]);
    }
    for (const [name, root] of more.requiredSecondary) this.require(name, root);
    return this;
  }

  checked(): this {
    const room = (what: string, count: number, limit: number) => {
      if (count > limit) throw badArgument(`the trust text has ${count} ${what}; a guest has room for ${limit}`);
    };
    room("hardware roots", this.hardwareRoots.length, MAX_ROOTS);
    room("revocation lists", this.revocationLists.length, MAX_LISTS);
    room("required disks", this.requiredSecondary.size, MAX_SECONDARIES);
    for (const layer of LAYERS) {
      room(`vendors' roots for ${layer}`, this.vendorRoots[layer].length, MAX_ROOTS);
      room(`entries to accept for ${layer}`, this.accept[layer].length, MAX_ACCEPTABLES);
    }
    return this;
  }

  policy(): TrustPolicy {
    const { hardwareRoots, vendorRoots, accept, revocationLists } = this;
    const requiredSecondary = Object.fromEntries(this.requiredSecondary);
    return { hardwareRoots, vendorRoots, accept, requiredSecondary, revocationLists };
  }
}

function readEntry(keyword: string, rest: string | undefined, section: Section, lines: Lines): void {
  const [first, more] = word(rest ?? "");
  if (keyword === "hardware-root" && rest === undefined) section.hardwareRoots.push(lines.block("CERTIFICATE"));
  else if (keyword === "revocation-list" && rest === undefined) section.revocationLists.push(lines.block("X509 CRL"));
  else if (keyword === "vendor-root" && isLayer(rest)) section.vendorRoots[rest].push(lines.block("CERTIFICATE"));
  else if (keyword === "accept" && isLayer(first)) section.accept[first].push(readAcceptable(more ?? "", lines));
  else if (keyword === "secondary" && /^[\x21-\x7e]{1,20}$/.test(first) && isDigest(more)) section.require(first, more);
  else throw lines.wrong("hardware-root, vendor-root, revocation-list, accept, secondary, role or end");
}

function readAcceptable(entry: string, lines: Lines): Acceptable {
  const [kind, what = ""] = word(entry);
  if (kind === "digest") {
    if (!isDigest(what)) throw lines.wrong("a digest of 64 lower-case digits");
    return { digest: what };
  }
  const [version, product = ""] = word(what);
  if (kind !== "product" || product === "") throw lines.wrong("digest or product, and what belongs to it");
  if (version === "any") return { product };
  checkVersion(version, (sentence) => badArgument(`in the trust text, ${sentence}`));
  return { product, minVersion: version };
}

function checkText(text: string): void {
  const { length } = utf8(text);
  if (length > TRUST_LIMIT) throw badArgument(`the trust text has ${length} bytes; at most ${TRUST_LIMIT} are read`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must not be there
  if (/[\u0000-\u0009\u000b-\u001f\u007f]|\p{Surrogate}/u.test(text)) {
    throw badArgument("the trust text has characters that do not belong into text");
  }
}

/** The word up to the first blank, and what comes after it; no blank, no rest. */
function word(line: string): [string, string | undefined] {
  const blank = line.indexOf(" ");
  return blank < 0 ? [line, undefined] : [line.slice(0, blank), line.slice(blank + 1)];
}

class Lines {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split("\n");
  }

  next(): string {
    const line = this.#lines[this.#at];
    if (line === undefined) throw badArgument('the trust text ends before its line "end"');
    this.#at++;
    return line;
  }

  /** The PEM block that follows. */
  block(label: PemLabel): string {
    const block = [this.next()];
    if (block[0] !== `-----BEGIN ${label}-----`) throw this.wrong("a PEM block on the next line");
    do block.push(this.next());
    while (block.at(-1) !== `-----END ${label}-----`);
    return `${block.join("\n")}\n`;
  }

  end(): void {
    if (this.#at !== this.#lines.length - 1 || this.#lines[this.#at] !== "") {
      throw badArgument('the trust text does not end with the line "end"');
    }
  }

  wrong(expected: string): Error {
    const line = quoted(this.#lines[this.#at - 1] ?? "");
    return badArgument(`line ${this.#at} of the trust text, ${line}: ${expected} was expected`);
  }
}
