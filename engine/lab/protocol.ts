/** The parts of the realms' protocol that users of the lab see, so that app/ imports the lab only. */
export type { ChipEvent } from "../protocol/chip.ts";
export { TerraError } from "../protocol/errors.ts";
export type { MeasuredStage } from "../protocol/launch.ts";
export type {
  DeviceStatus,
  Halt,
  Limits,
  ManagementStatus,
  MeasurementNode,
  OwnerEvent,
  VmStatus,
} from "../protocol/owner.ts";
export type { MouseMotion, PersonEvent, ScreenShape, SurfaceSize } from "../protocol/person.ts";
export { GLYPH_NAMES, GLYPHS, type Glyph, type SignStatus } from "../protocol/sign.ts";
export { type Grid, textGrid } from "../protocol/surface-layout.ts";
