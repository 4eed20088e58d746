/** New lines of the screen, politely, and only while the person types there: a clock that ticks would talk without end. */
import { useEffect, useRef, useState } from "react";

export function NewLines({ text, speak }: { text: string; speak: boolean }) {
  const before = useRef<Set<string>>(new Set());
  const [said, setSaid] = useState("");
  useEffect(() => {
    const lines = text.split("\n").map((line) => line.trimEnd());
    const fresh = lines.filter((line) => line !== "" && !before.current.has(line));
    before.current = new Set(lines);
    if (speak && fresh.length > 0) setSaid(fresh.join("\n"));
  }, [text, speak]);
  return (
    <p className="visually-hidden" role="status">
      {speak ? said : ""}
    </p>
  );
}
