/** Colours of what the TVMM itself draws, by theme. Frames say which box it is, so they are never green, red or yellow. */
import { TerraError } from "../protocol/errors.ts";

export interface Theme {
  surface: string;
  ink: string;
  ink2: string;
  bad: string;
  /** The box's own. */
  frame: string;
}

const FRAMES: Record<string, { light: string; dark: string }> = {
  blue: { light: "#2762B0", dark: "#7FB2F5" },
  violet: { light: "#6A48B8", dark: "#B79CF2" },
  brown: { light: "#85591A", dark: "#D9A75E" },
  plum: { light: "#99307A", dark: "#EE8FCF" },
  teal: { light: "#12707A", dark: "#5FC4CC" },
};

const GROUNDS = {
  light: { surface: "#FFFFFF", ink: "#1B1D20", ink2: "#545960", bad: "#BA2727" },
  dark: { surface: "#1E2125", ink: "#ECEBE7", ink2: "#ABB0B7", bad: "#FF8078" },
};

export function themeOf(name: "light" | "dark", colour: string): Theme {
  const frame = FRAMES[colour];
  if (!frame) {
    throw new TerraError("bad-argument", `strip.colour is "${colour}"; expected ${Object.keys(FRAMES).join(", ")}`);
  }
  return { ...GROUNDS[name], frame: frame[name] };
}
