/** A picture of the box's screen, without the TVMM's strip: shown, and saved on demand. */
import { useEffect, useState } from "react";
import type { BoxFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { Save } from "../icons/icons.tsx";
import { useView } from "../page/session.ts";
import { CallSlot, useCall } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import { inspectOf } from "./inspect.ts";

const WORDS = texts.box.screenshot;

/** A picture's address for as long as it is shown. */
function usePicture(png: Uint8Array | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!png) return;
    const made = URL.createObjectURL(new Blob([png.slice()], { type: "image/png" }));
    setUrl(made);
    return () => {
      setUrl(null);
      URL.revokeObjectURL(made);
    };
  }, [png]);
  return url;
}

export function ScreenshotTool({ box }: { box: BoxFacts }) {
  const view = useView();
  const [png, setPng] = useState<Uint8Array | null>(null);
  const taking = useCall<Uint8Array>(box.platform);
  const url = usePicture(png);
  const { name } = box.status;
  const take = async () => {
    setPng((await taking.make(() => inspectOf(view, box).screenshot(box.id))) ?? null);
  };
  return (
    <section className="tool" aria-label={WORDS.title}>
      <h3 className="heading">{WORDS.title}</h3>
      <CallSlot
        caller={taking}
        label={WORDS.take}
        keep
        onCall={() => void take()}
        done={(picture) => WORDS.taken(bytes(picture.length))}
      />
      {png && url && (
        <>
          <img className="screenshot" src={url} alt={WORDS.alt(name)} />
          <button type="button" className="chip" onClick={() => saveFile(`${name}.png`, png)}>
            <Save />
            {name}.png
          </button>
        </>
      )}
    </section>
  );
}
