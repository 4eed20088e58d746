/** Zoom: one wire in an attacker's hands. Frames as they come, one of them opened, and what can be done to the rest. */
import { useEffect, useState } from "react";
import { count, messageOf, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Cable, Save } from "../icons/icons.tsx";
import { leaveZooms } from "../page/page.ts";
import { useView } from "../page/session.ts";
import { Refusal, useCall } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { FrameList } from "./FrameList.tsx";
import { FrameView } from "./FrameView.tsx";
import { useFrames } from "./frames.ts";
import { Hands } from "./Hands.tsx";

const WORDS = texts.wire;

export function WireZoom({ id, frame: asked }: { id: string; frame: number | null }) {
  const view = useView();
  const wire = useFacts((facts) => facts.wires.find((each) => each.id === id));
  const { frames, error } = useFrames(id);
  const [chosen, setChosen] = useState(asked);
  useEffect(() => setChosen(asked), [asked]);
  const saving = useCall<void>();
  const frame = frames.find(({ sequence }) => sequence === chosen) ?? null;
  const save = () =>
    void saving.make(async () => {
      const capture = await view.terra.lab?.wire(id).pcapng();
      if (capture) saveFile(`${id}.pcapng`, capture);
    });
  const ends = wire?.ends.map(({ platform, nic }) => `${platform}/${nic}`).join(" – ") ?? "";
  return (
    <>
      <ZoomHead
        crumbs={[{ words: texts.regions.stage, go: leaveZooms }]}
        title={
          <>
            <Cable />
            {WORDS.title(id)}
          </>
        }
        what={`${ends}, ${WORDS.frames(count(frames.at(-1)?.sequence ?? 0))}`}
      >
        {saving.call.state === "refused" && <Refusal {...saving.call} />}
        <button type="button" className="chip" onClick={save}>
          <Save />
          {id}.pcapng
        </button>
      </ZoomHead>
      <div className="wire-zoom">
        {error !== null && <Refusal {...splitError(messageOf(error))} />}
        {frames.length === 0 ? (
          <div className="empty">{WORDS.empty}</div>
        ) : (
          <FrameList frames={frames} chosen={chosen} onChoose={setChosen} />
        )}
        {frame ? (
          <FrameView key={frame.sequence} bytes={frame.bytes} width={16} />
        ) : (
          <div className="empty">{WORDS.chooseFrame}</div>
        )}
      </div>
      <Hands id={id} frame={frame?.bytes ?? null} />
    </>
  );
}
