/** Networks of machines: what the switch forwards. Pure; it holds no port and no clock. */
export { type Deliver, type Frames, networkSwitch, type Observe, type Switch } from "./switch.ts";
