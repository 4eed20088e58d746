/**
 * The npm packages that the site hands on, and their licences' texts in one file, `licences.txt`, beside the site. It
 * must never leave a package out for want of a licence file: that is an error.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./host.mjs";

/**
 * All packages that package.json's `dependencies` bring, directly or not.
 * @returns {{name: string, version: string, licence: string, folder: string}[]} by name
 */
export function handedOn(root = ROOT) {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([at, entry]) => at !== "" && !entry.dev && !entry.devOptional && !entry.optional && !entry.peer)
    .map(([at, { version, license }]) => ({
      name: at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      licence: license ?? "",
      folder: path.join(root, at),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of licences.txt. */
export function licences(root = ROOT) {
  const own = readFileSync(path.join(root, "LICENSE"), "utf8").trim();
  const parts = [`Terra Lab\n\n${own}`];
  for (const { name, version, licence, folder } of handedOn(root)) {
    const files = existsSync(folder)
      ? readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
      : [];
    if (files.length === 0)
      throw new Error(`The package ${name} ${version} (${licence}) has no licence file in ${folder}.`);
    const texts = files.sort().map((file) => readFileSync(path.join(folder, file), "utf8").trim());
    parts.push(`${name} ${version} (${licence})\n\n${texts.join("\n\n")}`);
  }
  const culvert = readFileSync(path.join(root, "guests/programs/culvert/LICENSE"), "utf8").trim();
  const gpl = readFileSync("/usr/share/common-licenses/GPL-2", "utf8").trim();
  parts.push(`Culvert, the game's client (GPL-2.0-or-later)\n\n${culvert}\n\n${gpl}`);
  parts.push(
    "The images hold programs of this project, of Debian's packages, and the Linux kernel; images/packages/ lists them with\n" +
      "versions and licences. The sources of all of them come with this site as a second archive.",
  );
  return `${parts.join(`\n\n${"-".repeat(78)}\n\n`)}\n`;
}
