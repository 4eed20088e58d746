// Finds, in the host's own apt sources, the mirror that serves Debian's main archive. Pure: text in, entries out.
// It must never name a mirror itself: where packages come from is the host's decision.

/** Suites of the main archive; entries for anything else (security, third parties) are not what we look for. */
const MAIN_ARCHIVE_SUITE =
  /^(bullseye|bookworm|trixie|forky|duke|sid|stable|oldstable|oldoldstable|testing|unstable)(-updates|-backports)?$/;

/**
 * @param {string} text a file in one-line format (`deb [options] URI SUITE COMPONENT...`)
 * @returns {{uri: string, suites: string[], components: string[], signedBy: string}[]}
 */
export function parseOneLine(text) {
  const entries = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) continue;
    const [, options = "", uri, suite, components] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? "";
    entries.push({ uri, suites: [suite], components: components.split(/\s+/).filter(Boolean), signedBy });
  }
  return entries;
}

/** The same for a file of deb822 paragraphs (`Types:`, `URIs:`, `Suites:`, `Components:`, `Signed-By:`). */
export function parseDeb822(text) {
  const entries = [];
  for (const paragraph of text.replaceAll(/^#.*\n?/gm, "").split(/\n\s*\n/)) {
    const fields = {};
    let last = "";
    for (const line of paragraph.split("\n")) {
      const match = /^([A-Za-z][A-Za-z-]*):\s*(.*)$/.exec(line);
      if (match) {
        last = match[1].toLowerCase();
        fields[last] = match[2].trim();
      } else if (/^\s+\S/.test(line) && last) {
        fields[last] += `\n${line.trim()}`;
      }
    }
    const words = (name) => (fields[name] ?? "").split(/\s+/).filter(Boolean);
    if (!words("types").includes("deb") || /^(no|false|0|off)$/i.test(fields.enabled ?? "")) continue;
    for (const uri of words("uris")) {
      entries.push({
        uri,
        suites: words("suites"),
        components: words("components"),
        signedBy: fields["signed-by"] ?? "",
      });
    }
  }
  return entries;
}

/**
 * Entries that can serve Debian's main archive, in the order of the files, each URI once.
 * @template {{uri: string, suites: string[], components: string[]}} Entry
 * @param {Entry[]} entries
 * @returns {Entry[]}
 */
export function mainArchives(entries) {
  const seen = new Set();
  return entries.filter((entry) => {
    const serves =
      entry.components.includes("main") &&
      entry.suites.some((suite) => MAIN_ARCHIVE_SUITE.test(suite)) &&
      !/^cdrom:/.test(entry.uri) &&
      !/debian-security/.test(entry.uri);
    if (!serves || seen.has(entry.uri)) return false;
    seen.add(entry.uri);
    return true;
  });
}
