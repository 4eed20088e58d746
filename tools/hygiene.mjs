/**
 * Looks through the tracked files for what must not be published: paths of one person's machine, the registries and
 * mirrors it is set up with, large files, private keys; and whether the lock file is whole. It must never print a key it found.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./host.mjs";
import { missingEntries } from "./lock-platforms.mjs";

/** Larger than this, a file belongs into a build or a package. */
export const LARGEST = 300 * 1024;

/** Hosts that everybody's machine may be set up with and that documentation may name. */
const PUBLIC_HOSTS = new Set([
  "deb.debian.org",
  "security.debian.org",
  "snapshot.debian.org",
  "localhost",
  "github.com",
]);

// Written so that the patterns do not match themselves.
const PATTERNS = [
  { what: "a path of one machine", pattern: /(?<![\w.])[/](?:work|home[/]\w+|Users[/]\w+|tmp[/]terra)[/][\w.-]+/ },
  { what: "a path outside the project", pattern: /(?:\.\.[/])+shared[/]/ },
  { what: "an address with a password", pattern: /[a-z]+:[/]{2}[^\s/:@"'`$]+:[^\s/@"'`$]+@/ },
  { what: "a package registry", pattern: /https?:[/]{2}[\w.-]*(?:registry|artifactory|nexus|verdaccio|jfrog)[\w.-]*/ },
  {
    what: "a host without a public name",
    pattern: /https?:[/]{2}(?:\d+\.\d+\.\d+\.\d+|[\w.-]+\.(?:internal|corp|lan))\b/,
  },
  { what: "a private key", pattern: /-{5}BEGIN (?:[A-Z]+ )*PRIVATE KEY-{5}\s*[A-Za-z0-9+/]/, secret: true },
  { what: "a private key (JWK)", pattern: /"d"\s*:\s*"[A-Za-z0-9_-]{42,}"/, secret: true },
];

/** Loopback and documentation addresses are nobody's. */
const HARMLESS = /https?:[/]{2}(?:127\.|0\.0\.0\.0|10\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/;

/**
 * What is wrong with one file.
 * @param {string} name
 * @param {Buffer} bytes
 * @param {string[]} [hosts] of this machine's registries and mirrors
 * @returns {string[]}
 */
export function faults(name, bytes, hosts = []) {
  const found = [];
  if (bytes.byteLength > LARGEST) {
    found.push(`${name}: ${bytes.byteLength} bytes; at most ${LARGEST} are tracked`);
  }
  const text = bytes.toString("latin1");
  for (const { what, pattern, secret } of PATTERNS) {
    const hit = pattern.exec(text);
    if (!hit || HARMLESS.test(hit[0])) continue;
    const line = text.slice(0, hit.index).split("\n").length;
    found.push(`${name}:${line}: ${what}${secret ? "" : ` (${hit[0]})`}`);
  }
  for (const host of hosts)
    if (text.includes(host)) found.push(`${name}: the host ${host}, which this machine is set up with`);
  return found;
}

function npmRegistry() {
  try {
    return execFileSync("npm", ["config", "get", "registry"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return "";
  }
}

/** Hosts of the npm registry and the apt sources that this machine is set up with. */
export function machineHosts() {
  const files = ["/etc/apt/sources.list"];
  const folder = "/etc/apt/sources.list.d";
  if (existsSync(folder)) files.push(...readdirSync(folder).map((name) => path.join(folder, name)));
  const text = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  text.push(npmRegistry());
  const hosts = text.join("\n").matchAll(/https?:\/\/([^\s/:"'\]]+)/g);
  return [...new Set([...hosts].map(([, host]) => host))].filter(
    (host) => host.includes(".") && !PUBLIC_HOSTS.has(host) && host !== "registry.npmjs.org",
  );
}

/** Faults of all tracked files. */
export function hygiene(root = ROOT) {
  const lock = Object.keys(missingEntries(JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"))));
  const incomplete = lock.map((name) => `package-lock.json lacks ${name}: run node tools/lock-platforms.mjs`);
  const names = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
  const hosts = machineHosts();
  const found = names
    .filter((name) => name !== "" && statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile())
    .flatMap((name) => faults(name, readFileSync(path.join(root, name)), hosts));
  return [...incomplete, ...found];
}
