/** A decoded frame as rows of a list and tints of its bytes: a tint a layer. Pure. */
import type { Tint } from "../parts/HexView.tsx";

/** As engine/network's decoder gives them: one field a layer, its header's fields inside. */
export interface Field {
  name: string;
  value: string;
  offset: number;
  length: number;
  note?: string;
  /** One sentence on what it is for. */
  why?: string;
  fields?: Field[];
}

export interface FieldRow {
  field: Field;
  /** 0: a layer. */
  depth: number;
  /** Which layer it belongs to. */
  layer: number;
}

const TINTS = 6;
export const tintOf = (layer: number) => `t${(layer % TINTS) + 1}`;

/** "A" to "Z": it stands beside the layer and beside the row of bytes in which that begins; more than that have none. */
export const letterOf = (layer: number) => (layer < 26 ? String.fromCharCode(65 + layer) : "");

export function fieldRows(layers: readonly Field[]): FieldRow[] {
  const rows: FieldRow[] = [];
  const walk = (field: Field, depth: number, layer: number) => {
    rows.push({ field, depth, layer });
    for (const inner of field.fields ?? []) walk(inner, depth + 1, layer);
  };
  for (const [layer, field] of layers.entries()) walk(field, 0, layer);
  return rows;
}

/** The chosen field stands out; the rest of the bytes have the tint of the innermost layer that begins at or before them. */
export function fieldTints(layers: readonly Field[], chosen: Field | null): Tint[] {
  const tints = layers.map(({ offset, length }, layer) => ({ offset, length, tint: tintOf(layer) })).reverse();
  if (!chosen) return tints;
  const layer = layers.findIndex((each) => chosen.offset >= each.offset && chosen.offset < each.offset + each.length);
  return [{ offset: chosen.offset, length: chosen.length, tint: `${tintOf(Math.max(0, layer))} picked` }, ...tints];
}
