// Short licence names out of a Debian copyright file. Pure. What it cannot read it says is unknown; it never guesses.

/**
 * @param {string} copyright text of usr/share/doc/PACKAGE/copyright
 * @returns {string} short names, sorted, joined with " AND "; "unknown" if the file names none
 */
export function licenceOf(copyright) {
  const names = new Set();
  // Only paragraphs about files count; stand-alone License paragraphs repeat the texts.
  for (const paragraph of copyright.split(/\n\s*\n/)) {
    if (!/^Files:/m.test(paragraph)) continue;
    // The packaging itself is not in what is shipped.
    if (/^Files:\s*debian\/\*\s*$/m.test(paragraph)) continue;
    const name = /^License:[ \t]*(\S.*)$/m.exec(paragraph)?.[1];
    if (name) names.add(name.trim());
  }
  if (names.size === 0) {
    // Older files name the licence only by pointing at the copy that every Debian system has.
    for (const [, name] of copyright.matchAll(/\/usr\/share\/common-licenses\/([A-Za-z][\w.-]*\w)/g)) names.add(name);
  }
  if (names.size === 0) {
    // Still older ones say it in a sentence.
    for (const [, name] of copyright.matchAll(/under the terms of the "([A-Z][\w.-]*)" licen[cs]e/g)) names.add(name);
  }
  return names.size === 0 ? "unknown" : [...names].sort().join(" AND ");
}
