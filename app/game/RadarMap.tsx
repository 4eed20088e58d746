/** Where everybody is, as anybody on the wire can tell. The ground is what players were seen to walk on. */
import type { Sighting } from "../../engine/network/index.ts";
import { texts } from "../texts.ts";
import { useColourOf } from "./players.ts";
import { CELL, type Watched } from "./watch.ts";

const SIZE = 256;
/** The map shows at least so many units across. */
const LEAST = 1024;
const MARGIN = 96;

interface Extent {
  left: number;
  bottom: number;
  side: number;
}

function extentOf(cells: readonly [number, number][]): Extent {
  const xs = cells.map(([x]) => x * CELL);
  const ys = cells.map(([, y]) => y * CELL);
  const [left, right] = [Math.min(...xs), Math.max(...xs) + CELL];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys) + CELL];
  const side = Math.max(LEAST, right - left, top - bottom) + 2 * MARGIN;
  return { left: (left + right - side) / 2, bottom: (bottom + top - side) / 2, side };
}

function Player({ sighting, extent, colour }: { sighting: Sighting; extent: Extent; colour: string }) {
  const scale = SIZE / extent.side;
  const [x, y] = [(sighting.place[0] - extent.left) * scale, SIZE - (sighting.place[1] - extent.bottom) * scale];
  const yaw = sighting.looks && (sighting.looks.yaw * Math.PI) / 180;
  const ray = (turn: number) => `${x + 44 * Math.cos((yaw ?? 0) + turn)},${y - 44 * Math.sin((yaw ?? 0) + turn)}`;
  const left = x > SIZE * 0.7;
  return (
    <g style={{ color: colour }}>
      {yaw !== undefined && !sighting.dead && (
        <polygon points={`${x},${y} ${ray(-0.45)} ${ray(0.45)}`} fill="currentcolor" opacity={0.18} />
      )}
      {sighting.dead ? (
        <path d={`M${x - 4},${y - 4}l8,8m0,-8l-8,8`} stroke="currentcolor" strokeWidth={2} />
      ) : (
        <circle cx={x} cy={y} r={5} fill="currentcolor" />
      )}
      <text className="radar-name" x={left ? x - 9 : x + 9} y={y + 4} textAnchor={left ? "end" : "start"}>
        {sighting.name || texts.game.somebody(sighting.player)}
      </text>
    </g>
  );
}

export function RadarMap({ watched }: { watched: Watched }) {
  const colourOf = useColourOf();
  const cells = watched.trail.map((cell): [number, number] => {
    const [x = 0, y = 0] = cell.split(" ").map(Number);
    return [x, y];
  });
  const names = watched.players.map(({ name, player }) => name || texts.game.somebody(player));
  const extent = cells.length > 0 ? extentOf(cells) : null;
  const scale = extent ? SIZE / extent.side : 1;
  return (
    <svg className="radar" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={texts.game.map(names)}>
      {extent &&
        cells.map(([x, y]) => (
          <rect
            key={`${x} ${y}`}
            className="radar-ground"
            x={(x * CELL - extent.left) * scale}
            y={SIZE - (y * CELL + CELL - extent.bottom) * scale}
            width={CELL * scale + 0.3}
            height={CELL * scale + 0.3}
          />
        ))}
      {extent &&
        watched.players.map((sighting) => (
          <Player key={sighting.player} sighting={sighting} extent={extent} colour={colourOf(sighting.name)} />
        ))}
      {watched.players.length === 0 && (
        <text className="radar-name" x={SIZE / 2} y={SIZE / 2} textAnchor="middle">
          {texts.game.nothing}
        </text>
      )}
    </svg>
  );
}
