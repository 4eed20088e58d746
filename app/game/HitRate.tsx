/** Each player's hit rate over his last shots, shot by shot, counted from the packets on the wire. */
import { LAST_SHOTS } from "../../engine/network/index.ts";
import { texts } from "../texts.ts";
import { useColourOf } from "./players.ts";
import type { Watched } from "./watch.ts";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP] = [320, 150, 36, 78, 8];
/** Shots that the picture holds; earlier ones leave it on the left. */
const SHOWN = 240;
const MARKS = [0, 0.25, 0.5, 0.75, 1];

const y = (rate: number) => TOP + (HEIGHT - TOP) * (1 - rate);

export function HitRate({ watched }: { watched: Watched }) {
  const colourOf = useColourOf();
  const scores = watched.scores.filter(({ shots }) => shots > 0);
  if (scores.length === 0) return <p className="quiet">{texts.game.noShots}</p>;
  const longest = Math.min(SHOWN, Math.max(LAST_SHOTS, ...scores.map(({ rates }) => rates.length)));
  const x = (shot: number) => LEFT + ((WIDTH - LEFT - RIGHT) * shot) / (longest - 1);
  // Names at the lines' ends, moved apart where they would cover each other.
  const ends = scores
    .map(({ name, rates }) => ({ name, rate: rates.at(-1) ?? 0, at: y(rates.at(-1) ?? 0) }))
    .toSorted((a, b) => a.at - b.at);
  for (const [index, end] of ends.entries()) {
    const above = ends[index - 1];
    if (above) end.at = Math.max(end.at, above.at + 15);
  }
  const words = scores.map(({ name, rates, shots }) => texts.game.rateOf(name, rates.at(-1) ?? 0, shots)).join("; ");
  return (
    <svg className="hit-rate" viewBox={`0 0 ${WIDTH} ${HEIGHT + 28}`} role="img" aria-label={words}>
      {MARKS.map((mark) => (
        <g key={mark}>
          <line className="hit-line" x1={LEFT} x2={WIDTH - RIGHT} y1={y(mark)} y2={y(mark)} />
          <text className="hit-mark" x={LEFT - 6} y={y(mark) + 4} textAnchor="end">
            {texts.game.percent(mark)}
          </text>
        </g>
      ))}
      {scores.map(({ name, rates }, index) => {
        const last = rates.slice(-SHOWN);
        const points = last.map((rate, shot) => `${x(shot + longest - last.length)},${y(rate)}`).join(" ");
        return (
          <polyline
            key={name}
            className="hit-curve"
            points={points}
            stroke={colourOf(name)}
            strokeDasharray={index % 2 === 1 ? "4 3" : undefined}
          />
        );
      })}
      {ends.map(({ name, rate, at }) => (
        <text key={name} className="hit-end" x={WIDTH - RIGHT + 6} y={at + 4} fill={colourOf(name)}>
          {name} {texts.game.percent(rate)}
        </text>
      ))}
      <text className="hit-mark" x={LEFT} y={HEIGHT + 20}>
        {texts.game.ofLast(LAST_SHOTS)}
      </text>
    </svg>
  );
}
