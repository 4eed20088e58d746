/** A command that confirms outside the page what stands beside it, and the output it must give. */
import { Fragment, useEffect, useState } from "react";
import { Copy } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { texts } from "../texts.ts";
import { copyText } from "./copy.ts";

/** Longer than this no word fits on a line of its own. */
const LONG = 36;

/** A long line on several: it breaks between words and at brackets, and elsewhere only where it must. */
function Words({ line }: { line: string }) {
  return line.split(/(?<= )|(?<=\))(?=\.)|(?<=\()/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change
    <Fragment key={index}>
      <span className={part.length > LONG ? "command-long" : "command-word"}>{part}</span>
      <wbr />
    </Fragment>
  ));
}

interface Props {
  line: string;
  output?: string | undefined;
  /** All of a long line is shown, on several. */
  whole?: boolean;
}

export function Command({ line, output, whole = false }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="command">
      <div className="command-line">
        <code title={line}>{whole ? <Words line={line} /> : line}</code>
        {copied && <span role="status">{texts.copy.copied}</span>}
        <button
          type="button"
          className="icon-button"
          aria-label={`${texts.copy.copy}: ${line}`}
          onClick={() => void copyText(line).then(setCopied)}
        >
          {copied ? <Mark kind="ok" /> : <Copy />}
        </button>
      </div>
      {output !== undefined && (
        <div className="command-output" title={output}>
          {output}
        </div>
      )}
    </div>
  );
}
