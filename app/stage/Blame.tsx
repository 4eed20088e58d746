/** The verifier's red mark on the layer that it refused: nothing else on the stage is judged, and nothing before it is reached. */
import { Mark } from "../icons/marks.tsx";
import { texts } from "../texts.ts";
import { useChecking, useFallen } from "../verifier/falling.ts";

export function Blame({ at }: { at: string | readonly string[] }) {
  const blame = useFallen((state) => state.blame);
  const checking = useChecking();
  if (!blame || checking !== null || !(typeof at === "string" ? at === blame.place : at.includes(blame.place)))
    return null;
  return (
    <span
      className="blame outcome bad"
      title={texts.verifier.blamed(blame.at, texts.verifier.checks[blame.check] ?? blame.check)}
    >
      <Mark kind="bad" />
      {texts.messages.refused}
    </span>
  );
}
