/** Zoom: one wire in an attacker's hands. Frames as they come, one of them opened, and what can be done to the rest. */
import { useEffect, useState } from "react";
import { count, messageOf, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Cable } from "../icons/icons.tsx";
import { leaveZooms } from "../page/page.ts";
import { Refusal } from "../parts/call.tsx";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { Capture } from "./Capture.tsx";
import { FrameList } from "./FrameList.tsx";
import { FrameView } from "./FrameView.tsx";
import { useFrames } from "./frames.ts";
import { Hands } from "./Hands.tsx";

const WORDS = texts.wire;

export function WireZoom({ id, frame: asked }: { id: string; frame: number | null }) {
  const wire = useFacts((facts) => facts.wires.find((each) => each.id === id));
  const { frames, error } = useFrames(id);
  const [chosen, setChosen] = useState(asked);
  useEffect(() => setChosen(asked), [asked]);
  const frame = frames.find(({ sequence }) => sequence === chosen) ?? null;
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
        <Capture wire={id} />
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
