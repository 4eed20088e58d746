/**
 * A frame, or anything else that has fields, opened: its parts and their fields beside its bytes. A field that is chosen stands
 * out in the bytes, and the other way round.
 */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { decodeFrame } from "../../engine/network/index.ts";
import { shortenDigests } from "../facts/format.ts";
import { HexView } from "../parts/HexView.tsx";
import { rove } from "../parts/roving.ts";
import { texts } from "../texts.ts";
import { type Field, type FieldRow, fieldRows, fieldTints, letterOf, tintOf } from "./fields.ts";

interface RowProps {
  row: FieldRow;
  named: boolean;
  chosen: boolean;
  stop: boolean;
  onChoose(): void;
}

function Row({ row, named, chosen, stop, onChoose }: RowProps) {
  const { field, depth, layer } = row;
  const outer = depth === 0;
  return (
    <li>
      <button
        type="button"
        className={outer && !named ? "field-row layer-row" : "field-row"}
        style={named ? undefined : { paddingLeft: 8 + depth * 16 }}
        aria-pressed={chosen}
        tabIndex={stop ? 0 : -1}
        onClick={onChoose}
      >
        {outer && <span className={`tint ${tintOf(layer)}`}>{letterOf(layer)}</span>}
        {(!outer || named) && <span className="field-name">{field.name}</span>}
        <span className={outer && !named ? "field-value" : "field-value mono"}>
          {chosen ? field.value : shortenDigests(field.value)}
        </span>
        {field.note !== undefined && <span className="quiet">{field.note}</span>}
        {chosen && field.why !== undefined && <span className="field-why">{field.why}</span>}
      </button>
    </li>
  );
}

interface Props {
  bytes: Uint8Array;
  /** Bytes a row. */
  width: number;
}

interface FieldsProps extends Props {
  layers: readonly Field[];
  label: string;
  /** What stands over the fields. */
  head?: ReactNode;
  /** And under them. */
  tail?: ReactNode;
  /** Do the outermost fields have names of their own? Then what they hold needs no text beside the digits. */
  named?: boolean;
}

export function FrameView({ bytes, width }: Props) {
  const layers = useMemo(() => decodeFrame(bytes).fields, [bytes]);
  return <FieldsView bytes={bytes} width={width} layers={layers} label={texts.wire.bytes} />;
}

export function FieldsView({ bytes, width, layers, label, head, tail, named = false }: FieldsProps) {
  const [chosen, setChosen] = useState<Field | null>(null);
  const rows = useMemo(() => fieldRows(layers), [layers]);
  const tints = useMemo(() => fieldTints(layers, chosen), [layers, chosen]);
  const letters = useMemo(() => layers.map(({ offset }, layer) => ({ offset, letter: letterOf(layer) })), [layers]);
  const at = (offset: number) =>
    rows.findLast(
      ({ field, depth }) => (named || depth > 0) && offset >= field.offset && offset < field.offset + field.length,
    )?.field;
  const list = useRef<HTMLUListElement>(null);
  // A field that is chosen grows, or was chosen among the bytes.
  useEffect(() => {
    if (chosen) list.current?.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const tabStop = rows.some(({ field }) => field === chosen) ? chosen : rows[0]?.field;
  return (
    <div className="frame-view">
      <div className="frame-side">
        {head}
        <ul
          ref={list}
          className={named ? "frame-fields named" : "frame-fields"}
          aria-label={texts.wire.fields}
          onKeyDown={(event) => rove(event, ".field-row")}
        >
          {rows.map((row) => (
            <Row
              key={`${row.layer} ${row.depth} ${row.field.name} ${row.field.offset} ${row.field.value}`}
              row={row}
              named={named}
              chosen={row.field === chosen}
              stop={row.field === tabStop}
              onChoose={() => setChosen(row.field)}
            />
          ))}
        </ul>
        {tail}
      </div>
      <HexView
        bytes={bytes}
        width={width}
        label={label}
        tints={tints}
        letters={letters}
        digitsOnly={named && width > 16}
        cursor={chosen?.offset ?? null}
        onCursor={(offset) => setChosen(at(offset) ?? chosen)}
      />
    </div>
  );
}
