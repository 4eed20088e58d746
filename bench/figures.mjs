/** Figures of repeated measurements, and the table they are printed in. Nothing here measures or judges. */

/** @param {number[]} values */
export function median(values) {
  if (values.length === 0) throw new Error("there is no median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} values */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), values };
}

/** @typedef {{what: string, unit: "s" | "ms" | "µs" | "MiB" | "MiB/s" | "%" | "", values: number[], baseline?: {what: string, values: number[]}, goal?: string,
 *   note?: string}} Row one line: values in the unit */

const digits = (value, unit) => {
  if (unit === "s") return value.toFixed(2);
  if (unit === "µs") return value.toFixed(0);
  if (unit === "MiB" || unit === "MiB/s" || unit === "%" || unit === "ms")
    return value >= 100 ? value.toFixed(0) : value.toFixed(1);
  return String(value);
};

const cell = (values, unit) => {
  if (values.length === 0) return "";
  const { median: middle, min, max } = summary(values);
  const spread = values.length > 1 ? ` (${digits(min, unit)}-${digits(max, unit)})` : "";
  return `${digits(middle, unit)} ${unit}${spread}`;
};

/** Ratio of the medians, or nothing if there is no baseline to compare with. */
export const ratio = (row) =>
  row.baseline && row.baseline.values.length > 0 && median(row.baseline.values) > 0
    ? median(row.values) / median(row.baseline.values)
    : undefined;

/**
 * Lines of a table: median (least-most) of each row, its baseline, the ratio of the medians, the goal.
 * @param {Row[]} rows
 */
export function table(rows) {
  const cells = rows.map((row) => [
    row.what,
    cell(row.values, row.unit),
    row.baseline ? cell(row.baseline.values, row.unit) : "",
    ratio(row)?.toFixed(2) ?? "",
    row.goal ?? "",
    row.baseline?.what ?? "",
  ]);
  const all = [["", "median (least-most)", "baseline", "ratio", "goal", "baseline is"], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
  return all.flatMap((line, index) => {
    const text = `  ${line.map((part, column) => part.padEnd(widths[column])).join("  ")}`.trimEnd();
    const note = rows[index - 1]?.note;
    return note ? [text, `      ${note}`] : [text];
  });
}
