/**
 * Which frame colour a box has: by its order on its machine, as the TVMM gives them out. Never green, red or yellow: those are
 * verdicts and the lesson's.
 */
export const FRAMES = ["blue", "violet", "brown", "plum", "teal"] as const;

/** Value for the CSS custom property --frame. */
export function frame(index: number): string {
  return `var(--frame-${FRAMES[index % FRAMES.length]})`;
}
