/** In an appraisal's row: which check failed, as the red mark on the stage says it of the layer, and why. */
import { texts } from "../texts.ts";
import type { Failure } from "./rows.ts";

export function Failed({ failure: { at, check, why } }: { failure: Failure }) {
  return (
    <>
      <strong className="failed-check">{texts.verifier.blamed(at, texts.verifier.checks[check] ?? check)}</strong>{" "}
      <span className="quiet">{why}</span>
    </>
  );
}
