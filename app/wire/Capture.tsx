/** Saves what went over a wire, for tools outside the page. Role: attacker. */
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { Refusal, useCall } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";

export function Capture({ wire }: { wire: string }) {
  const view = useView();
  const saving = useCall<void>();
  const save = () =>
    void saving.make(async () => {
      const capture = await view.terra.lab?.wire(wire).pcapng();
      if (capture) saveFile(`${wire}.pcapng`, capture);
    });
  return (
    <>
      {saving.call.state === "refused" && <Refusal {...saving.call} />}
      <button type="button" className="chip" title={texts.wire.capture(wire)} onClick={save}>
        <Save />
        {wire}.pcapng
      </button>
    </>
  );
}
