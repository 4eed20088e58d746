/** Bytes of bytes, as words and as a bar. No spinner: what is known is shown, and nothing moves by itself. */
export function Loading({ loaded, total, words }: { loaded: number; total: number; words?: string }) {
  const share = total > 0 ? Math.min(100, (100 * loaded) / total) : 0;
  return (
    <div className="loading">
      {words !== undefined && <span>{words}</span>}
      <div
        className="bar-of-bytes"
        role="progressbar"
        aria-label={words ?? "bytes"}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share)}
      >
        <span style={{ width: `${share}%` }} />
      </div>
    </div>
  );
}
