/**
 * Puts the VGA into 80x25 text mode, as a VGA BIOS would do at power-on; without a BIOS nobody else does, and a scrolled
 * screen would come out wrong. Values: IBM's mode 3 with 16-line characters and its sixteen colours.
 */
import type { Cpu } from "./v86-internals.ts";

const SEQUENCER = [0x03, 0x00, 0x03, 0x00, 0x02];
const CRTC = [
  0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x0e, 0x8f,
  0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
];
const GRAPHICS = [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff];
/** Text with blinking, no border, all planes, 9 dots: registers 16 to 20. */
const ATTRIBUTES = [0x0c, 0x00, 0x0f, 0x08, 0x00];

const COLOURS = [
  0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55,
  0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
];

export function enterTextMode({ io, devices: { vga } }: Pick<Cpu, "io" | "devices">): void {
  const indexed = (port: number, values: readonly number[]) => {
    values.forEach((value, index) => {
      io.port_write8(port, index);
      io.port_write8(port + 1, value);
    });
  };
  // Not by way of the ports: v86 would draw the whole screen anew for each of them, 20 ms in all.
  COLOURS.forEach((colour, index) => {
    vga.vga256_palette[index] = colour;
    vga.dac_map[index] = index;
  });
  // Drawn once, at the end: v86 would draw after each of some thirty registers, 20 ms in all.
  const { text_mode_redraw, complete_redraw } = vga;
  vga.text_mode_redraw = () => {};
  vga.complete_redraw = () => {};
  io.port_write8(0x3c2, 0x67);
  indexed(0x3c4, SEQUENCER);
  indexed(0x3d4, CRTC);
  indexed(0x3ce, GRAPHICS);
  // Reading 0x3DA makes the next write to 0x3C0 an index.
  io.port_read8(0x3da);
  ATTRIBUTES.forEach((value, index) => {
    io.port_write8(0x3c0, 16 + index);
    io.port_write8(0x3c0, value);
  });
  io.port_write8(0x3c0, 0x20);
  vga.text_mode_redraw = text_mode_redraw;
  vga.complete_redraw = complete_redraw;
  vga.complete_redraw();
}
