/**
 * A frame, or what was said over TLS, opened: its parts and their fields over its bytes. A field that is chosen stands out in the
 * bytes, and the other way round.
 */
import { useMemo, useState } from "react";
import { decodeFrame, decodeTls } from "../../engine/network/index.ts";
import { HexView } from "../parts/HexView.tsx";
import { rove } from "../parts/roving.ts";
import { texts } from "../texts.ts";
import { type Field, type FieldRow, fieldRows, fieldTints, tintOf } from "./fields.ts";

function Row({ row, chosen, stop, onChoose }: { row: FieldRow; chosen: boolean; stop: boolean; onChoose(): void }) {
  const { field, depth, layer } = row;
  return (
    <li>
      <button
        type="button"
        className={depth === 0 ? "field-row layer-row" : "field-row"}
        style={{ paddingLeft: 8 + depth * 16 }}
        aria-pressed={chosen}
        tabIndex={stop ? 0 : -1}
        onClick={onChoose}
      >
        {depth === 0 && <span className={`tint ${tintOf(layer)}`} />}
        {depth > 0 && <span className="field-name">{field.name}</span>}
        <span className={depth === 0 ? "field-value" : "field-value mono"}>{field.value}</span>
        {field.note !== undefined && <span className="quiet">{field.note}</span>}
      </button>
    </li>
  );
}

interface Props {
  bytes: Uint8Array;
  width: number;
}

export function FrameView({ bytes, width }: Props) {
  const layers = useMemo(() => decodeFrame(bytes).fields, [bytes]);
  return <FieldsView bytes={bytes} width={width} layers={layers} label={texts.wire.bytes} />;
}

/** One flight: its records are the parts. */
export function FlightView({ bytes, width }: Props) {
  const records = useMemo(() => decodeTls(bytes).fields, [bytes]);
  return <FieldsView bytes={bytes} width={width} layers={records} label={texts.messages.hexOf} />;
}

function FieldsView({ bytes, width, layers, label }: Props & { layers: readonly Field[]; label: string }) {
  const [chosen, setChosen] = useState<Field | null>(null);
  const rows = useMemo(() => fieldRows(layers), [layers]);
  const tints = useMemo(() => fieldTints(layers, chosen), [layers, chosen]);
  const at = (offset: number) =>
    rows.findLast(({ field, depth }) => depth > 0 && offset >= field.offset && offset < field.offset + field.length)
      ?.field;
  const tabStop = rows.some(({ field }) => field === chosen) ? chosen : rows[0]?.field;
  return (
    <div className="frame-view">
      <ul className="frame-fields" aria-label={texts.wire.fields} onKeyDown={(event) => rove(event, ".field-row")}>
        {rows.map((row) => (
          <Row
            key={`${row.layer} ${row.depth} ${row.field.name} ${row.field.offset} ${row.field.value}`}
            row={row}
            chosen={row.field === chosen}
            stop={row.field === tabStop}
            onChoose={() => setChosen(row.field)}
          />
        ))}
      </ul>
      <HexView
        bytes={bytes}
        width={width}
        label={label}
        tints={tints}
        cursor={chosen?.offset ?? null}
        onCursor={(offset) => setChosen(at(offset) ?? chosen)}
      />
    </div>
  );
}
