/** The wires between two machines: each with its name, the newest frame while it is news, and who stands on it. Outside every machine. */
import { useFacts } from "../facts/store.ts";
import type { WireFacts } from "../facts/wires.ts";
import { Cable, Eye } from "../icons/icons.tsx";
import { enterZoom } from "../page/page.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { tapWords, useTaps } from "../wire/taps.ts";
import { wireAnchor } from "./cards.ts";
import { WireCapsule } from "./WireCapsule.tsx";

/** What an attacker does to the wire now, in words; none does anything: null. */
export function useWireWords(wire: WireFacts): string | null {
  const tap = useTaps((taps) => taps[wire.id]);
  if (tap) return tapWords(tap.mode);
  return wire.interceptors > 0 ? texts.wire.tapped : null;
}

/** `spell`: what an attacker does to it stands beside its name, and not elsewhere. */
export function WireName({ wire, spell = false }: { wire: WireFacts; spell?: boolean }) {
  const words = useWireWords(wire);
  return (
    <button
      type="button"
      className="chip wire-name"
      data-return={wireAnchor(wire.id)}
      aria-label={texts.wire.button(wire.id, wire.frames, words)}
      onClick={() => enterZoom({ kind: "wire", wire: wire.id })}
    >
      {words === null ? <Cable /> : <Eye />}
      <span className="wire-id">{wire.id}</span>
      {spell && words !== null && <span>{words}</span>}
    </button>
  );
}

export function WireRun({ wire }: { wire: WireFacts }) {
  return (
    <div className="wire-each">
      <Spot at={[wire.id, wireAnchor(wire.id)]} />
      <WireName wire={wire} />
      <WireCapsule wire={wire} />
      <span className="wire-run" data-anchor={wireAnchor(wire.id)} />
    </div>
  );
}

function Words({ wire }: { wire: WireFacts }) {
  const words = useWireWords(wire);
  return words === null ? null : <strong className="wire-words">{texts.wire.does(wire.id, words)}</strong>;
}

export function WireColumn() {
  const wires = useFacts((facts) => facts.wires);
  return (
    <div className="wires">
      {wires.map((wire) => (
        <WireRun key={wire.id} wire={wire} />
      ))}
      <p className="wire-note">
        {wires.map((wire) => (
          <Words key={wire.id} wire={wire} />
        ))}
        <span>{wires.length > 0 ? texts.wire.note : texts.wire.none}</span>
      </p>
    </div>
  );
}
