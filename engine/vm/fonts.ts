/**
 * The two typefaces of the surface, inside this bundle: measured with it, and the same on every machine. A worker of opaque
 * origin could not fetch them.
 */
import sansBytes from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
import monoBytes from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2";

export const SANS = '"Terra Sans", system-ui, sans-serif';
export const MONO = '"Terra Mono", ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Of JetBrains Mono: width of a cell, in ems, and where the letters stand between ascent and descent. */
export const MONO_ADVANCE = 0.6;

let loading: Promise<void> | undefined;

/** Resolves when text can be drawn with them; also when they cannot be had, since the fallbacks do. */
export function loadFonts(): Promise<void> {
  loading ??= (async () => {
    const scope = globalThis as { FontFace?: typeof FontFace; fonts?: FontFaceSet };
    if (!scope.FontFace || !scope.fonts) return;
    const faces = [
      new scope.FontFace("Terra Sans", sansBytes, { weight: "100 900" }),
      new scope.FontFace("Terra Mono", monoBytes, { weight: "100 800" }),
    ];
    try {
      for (const face of await Promise.all(faces.map((each) => each.load()))) scope.fonts.add(face);
    } catch (thrown) {
      console.warn("the surface's typefaces could not be loaded:", thrown);
    }
  })();
  return loading;
}
