/**
 * The address behind `#`: which lab, which step. `#/banking/listener` is such a place; `#lab=none` opens no lab, for scripts that open
 * their own.
 */

export interface Place {
  /** Lab to open; "none": none. */
  lab: string;
  /** Step whose start to go to, by id; null: the lesson begins. */
  step: string | null;
}

const FIRST = "hello";

function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    // Not an encoding at all: then it is no name of ours either, and is shown as it was written.
    return part ?? "";
  }
}

export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#/, "");
  if (text.startsWith("/")) {
    const [lab, step] = text.slice(1).split("/").map(decoded);
    return { lab: lab || FIRST, step: step || null };
  }
  const fields = new URLSearchParams(text);
  return { lab: fields.get("lab") ?? FIRST, step: fields.get("step") };
}

export function placeHash({ lab, step }: Place): string {
  return `#/${[lab, ...(step === null ? [] : [step])].map(encodeURIComponent).join("/")}`;
}
