/** A command that confirms outside the page what stands beside it, and the output it must give. */
import { useEffect, useState } from "react";
import { Copy } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { texts } from "../texts.ts";
import { copyText } from "./copy.ts";

export function Command({ line, output }: { line: string; output?: string | undefined }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="command">
      <div className="command-line">
        <code title={line}>{line}</code>
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
