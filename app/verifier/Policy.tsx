/** What the verifier accepts, in words: roots, and for each layer a vendor's product from a version on, or a digest. */
import { useEffect, useState } from "react";
import type { AppraisalPolicy, Layer } from "../../engine/lab/api.ts";
import { shortDigest } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";

const LAYER_ORDER: readonly Layer[] = ["firmware", "loader", "tvmm", "vm"];

export function Policy() {
  const view = useView();
  const lab = useFacts().lab?.id;
  const [policy, setPolicy] = useState<AppraisalPolicy | null>(null);
  // Only an open lab has its own policy.
  const open = view.terra.lab !== null;
  useEffect(() => {
    if (lab === undefined || !open) return;
    let current = true;
    view.terra.policy().then(
      (loaded) => current && setPolicy(loaded),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [view, lab, open]);
  if (!policy) return null;
  const lines = LAYER_ORDER.flatMap((layer) =>
    (policy.accept?.[layer] ?? []).map((entry) => ({
      layer,
      words:
        "digest" in entry
          ? shortDigest(entry.digest)
          : `${entry.product}${entry.minVersion ? ` ${texts.verifier.from(entry.minVersion)}` : ""}`,
    })),
  );
  return (
    <section className="policy">
      <h3 className="heading">{texts.verifier.policy}</h3>
      <dl>
        <dt>{texts.verifier.root}</dt>
        <dd>Terra Lab ({policy.hardwareRoots?.length ?? 0})</dd>
        {lines.map(({ layer, words }) => (
          <div key={layer + words}>
            <dt>{texts.verifier.checks[layer]}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
