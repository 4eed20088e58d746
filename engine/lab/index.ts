/** The lab: what app/ and engine/scenarios/ may use. */
export type * from "./api.ts";
export { makeBox, removeBox } from "./box.ts";
export { type Halt, type PersonEvent, type SurfaceSize, TerraError, type VmStatus } from "./protocol.ts";
export { createLabView, type LabOptions, type Scenarios } from "./terra.ts";
export type { LabEvent, LabView, PlatformInfo, PowerState } from "./view.ts";
