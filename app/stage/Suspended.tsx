/** A box whose processor stands still: a sign and its word. */
import { Pause } from "../icons/icons.tsx";
import { texts } from "../texts.ts";

export function Suspended() {
  return (
    <p className="box-suspended">
      <Pause />
      {texts.stage.suspended}
    </p>
  );
}
