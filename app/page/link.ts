/** The address behind `#`: which lab, which step. `#lab=none` opens no lab, for scripts that open their own. */

export interface Place {
  /** Lab to open; "none": none. */
  lab: string;
  /** Step to go to, by id. */
  step: string | null;
}

export function parsePlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return { lab: fields.get("lab") ?? "hello", step: fields.get("step") };
}

export function placeHash(place: Place): string {
  const fields = new URLSearchParams({ lab: place.lab });
  if (place.step !== null) fields.set("step", place.step);
  return `#${fields}`;
}
