/**
 * Puts the VGA into 80x25 text mode, as a VGA BIOS would do at power-on; without a BIOS nobody else does, and a scrolled
 * screen would come out wrong. Values: IBM's mode 3 with 16-line characters and its sixteen colours.
 */
import type { Io } from "./v86-internals.ts";

const SEQUENCER = [0x03, 0x00, 0x03, 0x00, 0x02];
const CRTC = [
  0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x0e, 0x8f,
  0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
];
const GRAPHICS = [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff];
/** Attributes 0 to 15 are colours 0 to 15; then: text with blinking, no border, all planes, 9 dots. */
const ATTRIBUTES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x0c, 0x00, 0x0f, 0x08, 0x00];

/** Red, green, blue of the sixteen colours, 6 bits each. */
const COLOURS = [
  [0, 0, 0],
  [0, 0, 42],
  [0, 42, 0],
  [0, 42, 42],
  [42, 0, 0],
  [42, 0, 42],
  [42, 21, 0],
  [42, 42, 42],
  [21, 21, 21],
  [21, 21, 63],
  [21, 63, 21],
  [21, 63, 63],
  [63, 21, 21],
  [63, 21, 63],
  [63, 63, 21],
  [63, 63, 63],
];

export function enterTextMode(io: Io): void {
  const indexed = (port: number, values: readonly number[]) => {
    values.forEach((value, index) => {
      io.port_write8(port, index);
      io.port_write8(port + 1, value);
    });
  };
  io.port_write8(0x3c2, 0x67);
  indexed(0x3c4, SEQUENCER);
  indexed(0x3d4, CRTC);
  indexed(0x3ce, GRAPHICS);
  // Reading 0x3DA makes the next write to 0x3C0 an index.
  io.port_read8(0x3da);
  ATTRIBUTES.forEach((value, index) => {
    io.port_write8(0x3c0, index);
    io.port_write8(0x3c0, value);
  });
  io.port_write8(0x3c0, 0x20);
  io.port_write8(0x3c6, 0xff);
  io.port_write8(0x3c8, 0);
  for (const channel of COLOURS.flat()) io.port_write8(0x3c9, channel);
}
