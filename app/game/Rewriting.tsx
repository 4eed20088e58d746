/** A move byte by byte on both sides of the proxy: what it changed is ink on paper reversed. */
import { count } from "../facts/format.ts";
import { texts } from "../texts.ts";
import type { Rewriting as Pair } from "./moves.ts";
import type { Watched } from "./watch.ts";

const ROW = 16;

function Bytes({ bytes, changed, pair }: { bytes: Uint8Array; changed: ReadonlySet<number>; pair: Pair }) {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => row * ROW);
  const tint = (at: number) => pair.fields.findIndex(({ offset, length }) => at >= offset && at < offset + length);
  return (
    <div className="move-bytes">
      {rows.map((from) => (
        <div key={from}>
          <span className="quiet">{from.toString(16).padStart(4, "0")}</span>
          {[...bytes.subarray(from, from + ROW)].map((byte, index) => {
            const at = from + index;
            const field = tint(at);
            const style = field < 0 || changed.has(at) ? undefined : { background: `var(--t${(field % 6) + 1})` };
            return (
              <span key={at} className={changed.has(at) ? "changed" : ""} style={style}>
                {byte.toString(16).padStart(2, "0")}
              </span>
            );
          })}
        </div>
      ))}
    </div>
  );
}

const NONE: ReadonlySet<number> = new Set();

export function Rewriting({ watched }: { watched: Watched }) {
  const { rewriting: pair, moves } = watched;
  if (!pair) return <p className="quiet">{texts.game.noMove}</p>;
  const changed = new Set(pair.changed);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
    <section className="rewriting" tabIndex={0} aria-label={texts.game.move(pair.after.number)}>
      <p className="quiet">{texts.game.before}</p>
      <Bytes bytes={pair.before.bytes} changed={NONE} pair={pair} />
      {changed.size === 0 ? (
        <p className="quiet">{texts.game.same}</p>
      ) : (
        <>
          <p className="quiet">{texts.game.after}</p>
          <Bytes bytes={pair.after.bytes} changed={changed} pair={pair} />
          <p className="move-fields">
            {pair.fields.map(({ name, offset, before, after }, index) => (
              <span key={offset} style={{ background: `var(--t${(index % 6) + 1})` }}>
                {texts.game.changes(name, before, after)}
              </span>
            ))}
          </p>
        </>
      )}
      <dl className="move-counts">
        <dt>{texts.game.seen}</dt>
        <dd>{count(moves.seen)}</dd>
        <dt>{texts.game.rewritten}</dt>
        <dd>{count(moves.rewritten)}</dd>
      </dl>
    </section>
  );
}
