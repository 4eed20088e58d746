/**
 * The firmware: the first measured code. It starts the loader that lies on the flash, and must never do more.
 */
import type { MeasuredStage, StageInit } from "../protocol/launch.ts";
import { startNext } from "./next.ts";

export function start(init: StageInit): Promise<MeasuredStage[]> {
  return startNext(init, "loader", "loader");
}
