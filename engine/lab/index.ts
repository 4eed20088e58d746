/** The lab: what app/ and engine/scenarios/ may use. */
export type * from "./api.ts";
export { makeBox, removeBox } from "./box.ts";
export {
  GLYPH_NAMES,
  GLYPHS,
  type Glyph,
  type Grid,
  type Halt,
  type MouseMotion,
  type PersonEvent,
  type ScreenShape,
  type SignStatus,
  type SurfaceSize,
  TerraError,
  textGrid,
  type VmStatus,
} from "./protocol.ts";
export { createLabView, type LabOptions, type Scenarios } from "./terra.ts";
export type { LabEvent, LabView, PlatformInfo, PowerState } from "./view.ts";
