// Debian packages for the guests: i386, suite bookworm, whatever the host is, through the host's own apt without root.
// Everything apt needs (lists, state, sources) lies in a private folder. It must never touch the host's apt state, never
// accept an unsigned index, and never hand out a package whose digest is not the one it was asked for.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { mainArchives, parseDeb822, parseOneLine } from "./apt-sources.mjs";
import { checkDigest } from "./lock.mjs";
import { run } from "./run.mjs";
import { BuildError, discard, fileSha256, progress, sha256, temporaryBeside } from "./step.mjs";

/** Release of the guests, not of the host. */
export const SUITE = "bookworm";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The host's apt sources, both formats, as entries. */
function hostSources(root = "/etc/apt") {
  const entries = [];
  const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  entries.push(...parseOneLine(read(join(root, "sources.list"))));
  const parts = join(root, "sources.list.d");
  for (const name of existsSync(parts) ? readdirSync(parts).sort() : []) {
    if (name.endsWith(".list")) entries.push(...parseOneLine(read(join(parts, name))));
    if (name.endsWith(".sources")) entries.push(...parseDeb822(read(join(parts, name))));
  }
  return entries;
}

/** A private apt over `folder`; `update` is done at most once, when first needed. */
export function openApt(folder, { withSources = false } = {}) {
  let ready = false;
  const options = (sourceList) =>
    Object.entries({
      "Dir::State": folder,
      "Dir::State::status": join(folder, "status"),
      "Dir::Cache": join(folder, "cache"),
      "Dir::Etc::SourceList": sourceList,
      "Dir::Etc::SourceParts": "/dev/null",
      "APT::Architecture": "i386",
      "APT::Architectures": "i386",
      "APT::Sandbox::User": process.getuid?.() === 0 ? "root" : "",
      "Acquire::Languages": "none",
      "Acquire::PDiffs": "false",
      "Acquire::Retries": "3",
    }).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const sourceList = join(folder, "sources.list");
  const apt = (args, cwd = folder) => run("apt-get", ["-q", ...options(sourceList), ...args], { cwd });

  function update() {
    if (ready) return;
    for (const part of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, "status"), "");
    const candidates = mainArchives(hostSources());
    if (candidates.length === 0) {
      throw new BuildError("no entry of /etc/apt/sources.list or /etc/apt/sources.list.d serves Debian's main archive");
    }
    const failures = [];
    const report = progress("package lists");
    for (const { uri, signedBy } of candidates) {
      const key = signedBy.startsWith("/") && !signedBy.includes("\n") ? signedBy : KEYRING;
      const types = withSources ? ["deb", "deb-src"] : ["deb"];
      writeFileSync(sourceList, types.map((type) => `${type} [signed-by=${key}] ${uri} ${SUITE} main\n`).join(""));
      report(`asking ${uri}`);
      try {
        apt(["update", "-o", "APT::Update::Error-Mode=any"]);
        ready = true;
        report.done(`${SUITE} from ${uri}`);
        return;
      } catch (error) {
        failures.push(`${uri}: ${error.message}`);
      }
    }
    throw new BuildError(`no mirror in the host's apt sources serves ${SUITE}:\n${failures.join("\n")}`);
  }

  /** What the mirror has now: [{name, version, arch, size, sha256, source, sourceVersion}] for the names asked for. */
  function current(names) {
    update();
    const text = run("apt-cache", [...options(sourceList), "show", "--no-all-versions", ...names], { cwd: folder });
    return text.split(/\n\n+/).filter(Boolean).map(parseControl);
  }

  /** Versions of a package that the mirror has, newest first. */
  function versions(name) {
    update();
    const text = run("apt-cache", [...options(sourceList), "madison", name], { cwd: folder });
    return text
      .split("\n")
      .filter((line) => line.includes("Packages"))
      .map((line) => line.split("|")[1].trim());
  }

  /** Fetches one version into the folder `into`; returns the file's path. */
  function download(name, version, into) {
    update();
    apt(["download", `${name}=${version}`], into);
    const file = readdirSync(into).find((entry) => entry.endsWith(".deb"));
    if (!file) throw new BuildError(`apt-get download ${name}=${version} left no file`);
    return join(into, file);
  }

  /** Files of a source package: [{name, size, sha256}], the .dsc first as apt lists them. */
  function sourceFiles(source, version) {
    update();
    return apt(["source", "--print-uris", "--only-source", `${source}=${version}`])
      .split("\n")
      .map((line) => /^'(\S+)' (\S+) (\d+) SHA256:([0-9a-f]{64})/.exec(line))
      .filter((match) => match !== null)
      .map(([, , name, size, sha256]) => ({ name, size: Number(size), sha256 }));
  }

  function downloadSource(source, version, into) {
    update();
    apt(["source", "--download-only", "--only-source", `${source}=${version}`], into);
  }

  return { update, current, versions, download, sourceFiles, downloadSource };
}

/** One paragraph of a Packages index. Without a Source field, source and binary share name and version. */
export function parseControl(paragraph) {
  const field = (name) => new RegExp(`^${name}: *(.*)$`, "m").exec(paragraph)?.[1] ?? "";
  const [, source = "", sourceVersion = ""] = /^(\S*)(?: \((.*)\))?$/.exec(field("Source")) ?? [];
  return {
    name: field("Package"),
    version: field("Version"),
    arch: field("Architecture"),
    size: Number(field("Size")),
    sha256: field("SHA256"),
    source: source || field("Package"),
    sourceVersion: sourceVersion || field("Version"),
  };
}

/**
 * Brings the pinned packages into the cache and returns what is used for each:
 * Map name -> {...pin, path, substituted?}. A version that the mirror no longer has is replaced by its current one, said
 * aloud and marked; a digest that does not match is an error.
 */
export function fetchPackages(cache, pins) {
  const store = join(cache, "debs");
  mkdirSync(store, { recursive: true });
  const apt = openApt(join(cache, "apt"));
  const used = new Map();
  for (const pin of pins) {
    const path = join(store, `${pin.sha256}.deb`);
    // Size only: the digest was checked when the file was stored under it, and a no-op build must stay quick.
    if (existsSync(path) && statSync(path).size === pin.size) {
      used.set(pin.name, { ...pin, path });
      continue;
    }
    const chosen = substitute(apt, pin, store);
    const target = join(store, `${chosen.sha256}.deb`);
    if (!existsSync(target) || statSync(target).size !== chosen.size) fetchOne(apt, chosen, target);
    used.set(pin.name, { ...chosen, path: target, ...(chosen === pin ? {} : { substituted: pin.version }) });
  }
  return used;
}

/** The current version in place of a pinned one that is gone. Remembered beside the packages, so that it is asked for once. */
function substitute(apt, pin, store) {
  const memory = join(store, `${sha256(`${pin.name} ${pin.version} ${pin.sha256}`)}.substitute.json`);
  let found = existsSync(memory) ? JSON.parse(readFileSync(memory, "utf8")) : undefined;
  if (!found || !existsSync(join(store, `${found.sha256}.deb`))) {
    if (apt.versions(pin.name).includes(pin.version)) return pin;
    [found] = apt.versions(pin.name).length > 0 ? apt.current([pin.name]) : [];
    if (!found)
      throw new BuildError(`${pin.name}: the mirror has no version of it in ${SUITE} (pinned: ${pin.version})`);
    writeFileSync(memory, JSON.stringify(found));
  }
  process.stdout.write(
    `\n  *** ${pin.name} ${pin.version} is pinned, but the mirror no longer has it.\n` +
      `  *** Taking ${found.version}. The images will have other identities than the pinned ones.\n\n`,
  );
  return { ...pin, ...found };
}

function fetchOne(apt, pin, target) {
  const report = progress(`package ${pin.name} ${pin.version}`);
  report(`downloading ${(pin.size / 1e6).toFixed(1)} MB`);
  const folder = temporaryBeside(target);
  try {
    const file = apt.download(pin.name, pin.version, folder);
    checkDigest(`${pin.name} ${pin.version}`, fileSha256(file), pin.sha256);
    renameSync(file, target);
  } finally {
    discard(folder);
  }
  report.done(`${(pin.size / 1e6).toFixed(1)} MB`);
}

/** Source packages of everything in the lock file, into `out`, checked: for whoever hands the images on. */
export function fetchSources(cache, lock, out) {
  mkdirSync(out, { recursive: true });
  const apt = openApt(join(cache, "apt-sources"), { withSources: true });
  for (const source of lock.sources) {
    const wanted = source.files.filter((file) => {
      const path = join(out, file.name);
      return !existsSync(path) || statSync(path).size !== file.size || fileSha256(path) !== file.sha256;
    });
    if (wanted.length === 0) continue;
    const store = join(cache, "sources", source.name);
    mkdirSync(store, { recursive: true });
    const report = progress(`source ${source.name} ${source.version}`);
    report("downloading");
    apt.downloadSource(source.name, source.version, store);
    for (const file of source.files) {
      checkDigest(`source file ${file.name}`, fileSha256(join(store, file.name)), file.sha256);
      copyFileSync(join(store, file.name), join(out, file.name));
    }
    rmSync(store, { recursive: true });
    report.done(`${(source.files.reduce((sum, file) => sum + file.size, 0) / 1e6).toFixed(1)} MB`);
  }
}

/** Unpacks a package's files below `into`. */
export function unpack(path, into) {
  mkdirSync(into, { recursive: true });
  run("dpkg-deb", ["-x", path, into]);
}
