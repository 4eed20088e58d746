/** Networks of machines: what the switch forwards, what frames say, captures. Pure; it holds no port and no clock. */
export { type DecodedFrame, decodeFrame } from "./decode.ts";
export type { Field, FrameKind } from "./decoder.ts";
export { type Capture, type CapturedFrame, pcapng } from "./pcapng.ts";
export { observeQuake, type QuakeTold } from "./quake-log.ts";
export { type QuakePacket, readQuake } from "./quake-observed.ts";
export { quakeRadar, type Radar, type Sighting } from "./quake-radar.ts";
export { countShots, LAST_SHOTS, type Shooting } from "./quake-shots.ts";
export { type Deliver, type Frames, networkSwitch, type Observe, type Switch } from "./switch.ts";
export { type DecodedTls, decodeTls } from "./tls.ts";
export { observeTls, type TlsFlight } from "./tls-flights.ts";
