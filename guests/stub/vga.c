/* What a VGA BIOS does at power-on: text mode 3. Register values are those of the IBM VGA (Technical Reference, 1992); each
   table is written from index 0. No font: the display draws characters by their codes. */
#include "io.h"

static const u8 sequencer[] = {0x03, 0x00, 0x03, 0x00, 0x02};
static const u8 crtc[] = {0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
                          0x00, 0x00, 0x00, 0x9C, 0x0E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF};
static const u8 graphics[] = {0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x00, 0xFF};
static const u8 attribute[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A,
                               0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0x00, 0x0F, 0x08, 0x00};

static void registers(u16 port, const u8 *values, u32 count) {
  for (u32 index = 0; index < count; index++) {
    out8(port, index);
    out8(port + 1, values[index]);
  }
}

void vga_text(void) {
  out8(0x3C2, 0x67);
  registers(0x3C4, sequencer, sizeof sequencer);
  out8(0x3D4, 0x11); /* bit 7 of the retrace register locks the first eight */
  out8(0x3D5, 0x0E);
  registers(0x3D4, crtc, sizeof crtc);
  registers(0x3CE, graphics, sizeof graphics);
  in8(0x3DA); /* the attribute controller takes index and value in turn; this resets the turn */
  for (u32 index = 0; index < sizeof attribute; index++) {
    out8(0x3C0, index);
    out8(0x3C0, attribute[index]);
  }
  out8(0x3C0, 0x20);

  out8(0x3C6, 0xFF); /* palette: the 64 colours of the EGA, two bits for each of red, green and blue */
  out8(0x3C8, 0);
  for (u32 colour = 0; colour < 64; colour++)
    for (int gun = 2; gun >= 0; gun--) out8(0x3C9, (colour >> gun & 1) * 0x2A + (colour >> (gun + 3) & 1) * 0x15);

  for (u32 cell = 0; cell < 80 * 25; cell++) ((volatile u16 *)0xB8000)[cell] = 0x0720;
}
