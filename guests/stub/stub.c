/* The direct-boot stub: does for a guest what a BIOS and a boot loader do on a PC, and nothing else. It fills Linux's
   boot_params from what the multiboot loader handed over, sets the screen to text, or to the picture that the command line
   asks for, and routes the PCI interrupts. It must never change the kernel. Boot protocol: the kernel's
   Documentation/x86/boot.rst and zero-page.rst; multiboot: the GNU Multiboot Specification 0.6.96. */

#include "io.h"

struct multiboot { u32 flags, lower, upper, boot_device, command_line, modules[2], symbols[4], map_length, map; };
struct region { u32 size, start, start_high, length, length_high, type; };
struct e820 { u32 start, start_high, length, length_high, type; };

#define BOOT_PARAMS 0x10000u /* free low memory; the kernel copies it away before anything else */
#define AT(type, offset) (*(volatile type *)(BOOT_PARAMS + (offset)))

static void select(u32 device, u32 reg) { out32(0xCF8, 0x80000000u | device << 11 | reg); }

/* PIRQ A-D of the PIIX3 (device 1) go to IRQ 11, 10, 11, 10, level triggered; each device learns its line. */
static void route_interrupts(void) {
  select(1, 0x60);
  out32(0xCFC, 0x0A0B0A0B);
  out8(0x4D1, 0x0C);
  for (u32 device = 0; device < 32; device++) {
    select(device, 0x00);
    if (in32(0xCFC) == 0xFFFFFFFF) continue;
    select(device, 0x3C);
    u32 pin = in32(0xCFC) >> 8 & 0xFF;
    if (pin != 0) out8(0xCFC, (pin + device) & 1 ? 10 : 11);
  }
}

static void memory(u32 index, u32 start, u32 end) {
  struct e820 *entry = (struct e820 *)(BOOT_PARAMS + 0x2D0) + index;
  entry->start = start;
  entry->length = end - start;
  entry->type = 1;
}

__attribute__((regparm(0))) u32 prepare(const struct multiboot *info) {
  for (u32 offset = 0; offset < 4096; offset += 4) AT(u32, offset) = 0;

  AT(u8, 0x06) = 3; /* screen_info: VGA colour text, 80 columns, 25 lines of 16 */
  AT(u8, 0x07) = 80;
  AT(u8, 0x0E) = 25;
  AT(u8, 0x0F) = 1;
  AT(u16, 0x10) = 16;

  AT(u16, 0x1FE) = 0xAA55; /* setup header, as a boot loader without an id would fill it */
  AT(u32, 0x202) = 0x53726448;
  AT(u16, 0x206) = 0x020F;
  AT(u8, 0x210) = 0xFF;
  AT(u8, 0x211) = 0x01;
  AT(u32, 0x228) = info->flags & 4 ? info->command_line : 0;

  /* The multiboot map counts the adapters' window as memory: give 0 to 636 KiB, and from 1 MiB what reaches above it. */
  memory(0, 0, 0x9F000);
  u32 top = 0;
  for (u32 at = info->map; at < info->map + info->map_length;) {
    const struct region *region = (const struct region *)at;
    if (region->type == 1 && region->start_high == 0 && region->start + region->length > top)
      top = region->start + region->length;
    at += region->size + 4;
  }
  memory(1, 0x100000, top);
  AT(u8, 0x1E8) = 2;

  vga_text();
  video_linear((const char *)AT(u32, 0x228), (volatile u8 *)BOOT_PARAMS);
  route_interrupts();
  return BOOT_PARAMS;
}
