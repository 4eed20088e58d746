/**
 * An open box's screen while it shows a picture: what its owner sees of it by inspection, at most 4 times a second, and only while
 * the page is looked at.
 */
import { useEffect, useRef, useState } from "react";
import type { LabView } from "../../engine/lab/index.ts";
import { inspectOf } from "../box/inspect.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";

const EVERY_MS = 250;

/** Null where it is refused: the box may have gone meanwhile. */
async function screenshot(view: LabView, box: BoxFacts): Promise<Uint8Array | null> {
  try {
    return await inspectOf(view, box).screenshot(box.id);
  } catch {
    return null;
  }
}

export function Miniature({ box }: { box: BoxFacts }) {
  const view = useView();
  const image = useRef<HTMLImageElement>(null);
  const [seen, setSeen] = useState(false);
  const { status } = box;
  const latest = useRef(box);
  latest.current = box;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    let url = "";
    const look = async () => {
      const now = latest.current;
      if (!document.hidden && now.status.state === "on" && image.current) {
        const png = await screenshot(view, now);
        if (over || !image.current) return;
        if (png) {
          const last = url;
          url = URL.createObjectURL(new Blob([png.slice()], { type: "image/png" }));
          image.current.src = url;
          URL.revokeObjectURL(last);
          setSeen(true);
        }
      }
      timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      URL.revokeObjectURL(url);
    };
  }, [view]);
  const { width = 0, height = 0 } = status.picture ?? {};
  return (
    <img
      ref={image}
      className={seen ? "miniature" : "miniature unseen"}
      alt={texts.monitor.miniature(status.name, width, height)}
    />
  );
}
