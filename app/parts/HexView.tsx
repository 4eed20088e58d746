/**
 * Bytes as hexadecimal digits and text. Only the rows in sight are drawn. With a cursor it has one tab stop, and arrows go from
 * byte to byte; fields may then be tinted, and bytes that were changed stand out.
 */
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import { type HexRow, hexRow, printable } from "./hex.ts";
import { reveal, type Rows as Shown, useRows } from "./virtual.ts";

const ROW = 18;

export interface Tint {
  offset: number;
  length: number;
  /** Class of the bytes: "t1" to "t6", "changed". */
  tint: string;
}

interface Props {
  bytes: Uint8Array;
  /** Address of the first byte. */
  base?: number;
  /** Bytes a row. */
  width?: number;
  label: string;
  /** In order; the first that holds a byte counts. */
  tints?: readonly Tint[];
  /** Letters that stand before the rows in which these offsets lie. */
  letters?: readonly { offset: number; letter: string }[];
  /** Is the text left out? */
  digitsOnly?: boolean;
  /** Offset of the byte that is looked at. */
  cursor?: number | null;
  onCursor?(offset: number): void;
}

const address = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

function tintOf(tints: readonly Tint[], offset: number): string {
  return tints.find((each) => offset >= each.offset && offset < each.offset + each.length)?.tint ?? "";
}

function steps(key: string, at: number, width: number, last: number): number | undefined {
  const rowStart = Math.max(0, at - (at % width));
  const to: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + width,
    ArrowUp: at - width,
    PageDown: at + width * 16,
    PageUp: at - width * 16,
    Home: rowStart,
    End: rowStart + width - 1,
  };
  const next = to[key];
  return next === undefined ? undefined : Math.min(last, Math.max(0, next));
}

const offsetsOf = ({ offset }: HexRow, { bytes, width = 16 }: Props) =>
  Array.from({ length: Math.min(width, bytes.length - offset) }, (_, index) => offset + index);

/** Bytes that can be chosen. */
function Choices({ row, props, id }: { row: HexRow; props: Props; id: string }) {
  const { bytes, base = 0, tints = [], cursor, onCursor, label } = props;
  return offsetsOf(row, props).map((offset) => {
    const at = cursor === offset;
    const byte = bytes[offset] ?? 0;
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
      // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
      <span
        key={offset}
        id={at ? `${id}-cursor` : undefined}
        role="option"
        aria-selected={at}
        aria-label={at ? `${label} ${address(base + offset, 1)}: ${address(byte, 2)}` : undefined}
        className={`hex-byte ${tintOf(tints, offset)}${at ? " at" : ""}`}
        onClick={() => onCursor?.(offset)}
      >
        {address(byte, 2)}
      </span>
    );
  });
}

function Text({ row, props }: { row: HexRow; props: Props }) {
  const { bytes, tints = [], cursor } = props;
  return offsetsOf(row, props).map((offset) => (
    <span key={offset} className={`${tintOf(tints, offset)}${cursor === offset ? " at" : ""}`}>
      {printable(bytes[offset] ?? 0)}
    </span>
  ));
}

function Rows({ props, rows, id }: { props: Props; rows: Shown; id: string }) {
  const { bytes, base = 0, width = 16, onCursor, letters, digitsOnly = false } = props;
  const digits = Math.max(4, address(base + bytes.length, 1).length);
  return (
    <div style={{ height: rows.height, position: "relative" }}>
      {Array.from({ length: Math.max(0, rows.last - rows.first) }, (_, index) => {
        const row = hexRow(bytes, (rows.first + index) * width, width);
        return (
          <div key={row.offset} className="dump-row" style={{ top: (row.offset / width) * ROW }}>
            {letters && (
              <span className="dump-letter" aria-hidden="true">
                {letters
                  .filter(({ offset }) => offset >= row.offset && offset < row.offset + width)
                  .map(({ letter }) => letter)
                  .join("")
                  .slice(0, 3)}
              </span>
            )}
            <span className="dump-offset" aria-hidden={onCursor ? true : undefined}>
              {address(base + row.offset, digits)}
            </span>
            <span className="dump-hex" style={{ width: `${width * 3}ch` }}>
              {onCursor ? <Choices row={row} props={props} id={id} /> : row.hex}
            </span>
            {!digitsOnly && (
              <span className="dump-text" aria-hidden={onCursor ? true : undefined}>
                {onCursor ? <Text row={row} props={props} /> : row.text}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Bytes that are only looked at. */
function Plain(props: Props) {
  const body = useRef<HTMLElement>(null);
  const id = useId();
  const rows = useRows(Math.ceil(props.bytes.length / (props.width ?? 16)), ROW, body, "start");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
    <section className="dump" ref={body} tabIndex={0} aria-label={props.label}>
      <Rows props={props} rows={rows} id={id} />
    </section>
  );
}

function Chooser({ onCursor, ...rest }: Props & Required<Pick<Props, "onCursor">>) {
  const { bytes, width = 16, label, cursor } = rest;
  const body = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = useRows(Math.ceil(bytes.length / width), ROW, body, "start");
  const at = cursor ?? null;
  useEffect(() => {
    if (at !== null) reveal(body.current, Math.floor(at / width), ROW);
  }, [at, width]);
  const move = (event: KeyboardEvent) => {
    const next = steps(event.key, at ?? -1, width, bytes.length - 1);
    if (next === undefined || bytes.length === 0) return;
    onCursor(next);
    event.preventDefault();
  };
  return (
    <div
      className="dump"
      ref={body}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={at === null ? undefined : `${id}-cursor`}
      onKeyDown={move}
    >
      <Rows props={{ ...rest, onCursor }} rows={rows} id={id} />
    </div>
  );
}

export function HexView({ onCursor, ...rest }: Props) {
  return onCursor ? <Chooser {...rest} onCursor={onCursor} /> : <Plain {...rest} />;
}
