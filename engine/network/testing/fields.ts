/** What tests ask of a decoded frame: one of its fields, by the names on the way to it. */
import { decodeFrame } from "../decode.ts";
import type { Field } from "../decoder.ts";

/** The field at the end of these names; of several with one name, the first. Throws where there is none. */
export function field(fields: readonly Field[] | undefined, ...path: string[]): Field {
  const [first, ...rest] = path;
  const found = fields?.find((each) => each.name === first);
  if (!found) throw new Error(`no field ${first} among ${fields?.map((each) => each.name).join(", ")}`);
  return rest.length === 0 ? found : field(found.fields, ...rest);
}
export const value = (frame: Uint8Array, ...path: string[]) => field(decodeFrame(frame).fields, ...path).value;
export const note = (frame: Uint8Array, ...path: string[]) => field(decodeFrame(frame).fields, ...path).note;
