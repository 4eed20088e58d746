/** Bytes as hexadecimal digits and text: 16 a row, 24 where there is room. Only the rows in sight are drawn. */
import { useRef } from "react";
import { useWide } from "../page/media.ts";
import { useRows } from "../parts/virtual.ts";
import { texts } from "../texts.ts";
import { hexRow } from "./rows.ts";

const ROW = 18;

export function Dump({ bytes }: { bytes: Uint8Array }) {
  const width = useWide() ? 24 : 16;
  const body = useRef<HTMLElement>(null);
  const count = Math.ceil(bytes.length / width);
  const rows = useRows(count, ROW, body, "start");
  const shown = Array.from({ length: Math.max(0, rows.last - rows.first) }, (_, index) =>
    hexRow(bytes, (rows.first + index) * width, width),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
    <section className="dump" ref={body} tabIndex={0} aria-label={texts.messages.hexOf}>
      <div style={{ height: rows.height, position: "relative" }}>
        {shown.map(({ offset, hex, text }) => (
          <div key={offset} className="dump-row" style={{ top: (offset / width) * ROW }}>
            <span className="dump-offset">{offset.toString(16).padStart(4, "0")}</span>
            <span className="dump-hex" style={{ width: `${width * 3}ch` }}>
              {hex}
            </span>
            <span className="dump-text">{text}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
