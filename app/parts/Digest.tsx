/** A digest: first and last four digits, whole while hovered or focused, and copied whole. */
import { useEffect, useRef, useState } from "react";
import { shortDigest } from "../facts/format.ts";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { copyText } from "./copy.ts";
import { scaleOf } from "./scale.ts";

interface Props {
  value: string;
  what?: string;
  /** -1 where what is around it has the keys. */
  tabIndex?: number;
}

export function Digest({ value, what = "", tabIndex }: Props) {
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const [copied, setCopied] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const sought = usePage((page) => page.sought === value);
  useEffect(() => {
    // The stage shows digests, too, but it is the lens that somebody was sent to.
    if (!sought || !button.current?.closest("[data-region=lens]")) return;
    usePage.setState({ sought: null });
    button.current.scrollIntoView({ block: "nearest" });
    button.current.focus();
  }, [sought]);
  const show = (element: HTMLElement) => {
    const { left, bottom } = element.getBoundingClientRect();
    const scale = scaleOf(element);
    setPlace({ left: Math.max(8, Math.min(left, window.innerWidth - 490 * scale)) / scale, top: bottom / scale + 4 });
  };
  const hide = () => {
    setPlace(null);
    setCopied(false);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="digest"
        tabIndex={tabIndex}
        aria-label={texts.copy.digest(what, value).trim()}
        onFocus={(event) => show(event.currentTarget)}
        onMouseEnter={(event) => show(event.currentTarget)}
        onBlur={hide}
        onMouseLeave={hide}
        onClick={(event) => {
          event.stopPropagation();
          void copyText(value).then(setCopied);
        }}
      >
        {shortDigest(value)}
      </button>
      {place && (
        <span className="digest-whole" style={place} role="status">
          {copied ? texts.copy.copied : value}
        </span>
      )}
    </>
  );
}
