/** Root and hash blocks left of the map's rows: read once any block of their row was, red on the way to a block that failed. */
import type { BlockMap } from "../facts/blocks.ts";
import { texts } from "../texts.ts";
import { CELLS, type MapLayout, rowOf } from "./layout.ts";

/** Is any block of that row checked? Then its hash block was read, and checked, too. */
function rowRead(map: BlockMap, row: number): boolean {
  for (let block = row * CELLS; block < Math.min(map.states.length, (row + 1) * CELLS); block += 1) {
    if (map.states[block] !== 0) return true;
  }
  return false;
}

const ROOT = { x: 2, width: 36 };
const HASH = { x: 86, width: 14 };

export function HashTree({ layout, map }: { layout: MapLayout; map: BlockMap }) {
  const middle = Math.min(layout.height, 192) / 2;
  const failedRow = map.firstFailed === null ? -1 : rowOf(map.firstFailed);
  return (
    <svg className="hash-tree" width={layout.left} height={layout.height} aria-hidden="true">
      {Array.from({ length: layout.rows }, (_, row) => {
        const y = row * layout.pitch + layout.pitch / 2;
        const failed = row === failedRow;
        const from = ROOT.x + ROOT.width;
        const bend = (from + HASH.x) / 2;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the map is its number
          <g key={row} className={failed ? "failed" : rowRead(map, row) ? "read" : ""}>
            <path d={`M${from} ${middle}C${bend} ${middle} ${bend} ${y} ${HASH.x} ${y}`} />
            <rect x={HASH.x} y={y - 4.5} width={HASH.width} height={9} />
            <path d={`M${HASH.x + HASH.width} ${y}H${layout.left - 6}`} />
          </g>
        );
      })}
      <rect
        className={failedRow >= 0 ? "root failed" : "root"}
        x={ROOT.x}
        y={middle - 11}
        width={ROOT.width}
        height={22}
        rx={2}
      />
      <text
        className={failedRow >= 0 ? "root-text failed" : "root-text"}
        x={ROOT.x + ROOT.width / 2}
        y={middle + 4}
        textAnchor="middle"
      >
        {texts.measurements.root}
      </text>
    </svg>
  );
}
