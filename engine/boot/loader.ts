/**
 * The boot loader: it starts the TVMM build that the machine's owner chose, whichever it is (an evil one will be found out by
 * its digest), and must never do more.
 */
import type { MeasuredStage, StageInit } from "../protocol/launch.ts";
import { startNext } from "./next.ts";

export function start(init: StageInit): Promise<MeasuredStage[]> {
  return startNext(init, "tvmm", `tvmm.${init.board.tvmm}`);
}
