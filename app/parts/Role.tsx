/** Whose hands do this: said wherever somebody acts. */
import { texts } from "../texts.ts";

export function Role({ of }: { of: "owner" | "attacker" | "person" }) {
  return <span className="role">{texts.roles[of]}</span>;
}
