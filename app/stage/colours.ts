/**
 * Which frame colour a box has: the one that its TVMM draws round it on the monitor. Never green, red or yellow: those are verdicts and
 * the lesson's.
 */
export const FRAMES = ["blue", "violet", "brown", "plum", "teal"] as const;

/**
 * Value for the CSS custom property --frame. `id`: the TVMM's, "vm3" for the third that it made; it gives the colours out in the same
 * order, and none a second time when a box is destroyed.
 */
export function frame(id: string): string {
  const made = Number(/\d+$/.exec(id)?.[0] ?? 1);
  return `var(--frame-${FRAMES[(made - 1) % FRAMES.length]})`;
}
