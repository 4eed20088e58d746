/* A picture instead of text: the linear mode that the kernel's command line asks for with `terra.video=WIDTHxHEIGHT`, 32 bits a
   pixel, set through the VBE ports that v86 shares with Bochs (Bochs' vbe_display_api.txt). Linux's vesafb then makes /dev/fb0 of it.
   Without that word, or with a size that does not fit, nothing happens: text stays. */
#include "io.h"

#define WORD "terra.video="
#define PORT_INDEX 0x1CE
#define PORT_DATA 0x1CF
#define LFB 0xE0000000u
/* The card's memory; fixed by the machine (engine/vm/machine.ts). */
#define VIDEO_MEMORY (2u << 20)
#define PIXEL 4

enum { VBE_WIDTH = 1, VBE_HEIGHT, VBE_DEPTH, VBE_ENABLE };
enum { ENABLED = 0x01, LINEAR = 0x40 };

static u32 number(const char **text) {
  u32 value = 0;
  for (; **text >= '0' && **text <= '9' && value < 1000; ++*text) value = value * 10 + (u32)(**text - '0');
  return value;
}

/* Where the value of the word begins, or 0. */
static const char *find(const char *text) {
  for (int fresh = 1; *text; fresh = *text++ == ' ') {
    u32 same = 0;
    if (!fresh) continue;
    while (WORD[same] && text[same] == WORD[same]) same++;
    if (!WORD[same]) return text + same;
  }
  return 0;
}

static void set(u16 index, u16 value) {
  out16(PORT_INDEX, index);
  out16(PORT_DATA, value);
}

void video_linear(const char *command_line, volatile u8 *boot_params) {
  const char *value = command_line ? find(command_line) : 0;
  if (!value) return;
  u32 width = number(&value);
  if (*value++ != 'x') return;
  u32 height = number(&value);
  if (*value && *value != ' ') return;
  if (width == 0 || height == 0 || width % 8 != 0 || width * height * PIXEL > VIDEO_MEMORY) return;

  set(VBE_ENABLE, 0);
  set(VBE_WIDTH, (u16)width);
  set(VBE_HEIGHT, (u16)height);
  set(VBE_DEPTH, PIXEL * 8);
  set(VBE_ENABLE, ENABLED | LINEAR);

  volatile u16 *words = (volatile u16 *)boot_params;
  boot_params[0x0F] = 0x23; /* a linear frame buffer of the VESA kind */
  words[0x12 / 2] = (u16)width;
  words[0x14 / 2] = (u16)height;
  words[0x16 / 2] = PIXEL * 8;
  *(volatile u32 *)(boot_params + 0x18) = LFB;
  *(volatile u32 *)(boot_params + 0x1C) = VIDEO_MEMORY >> 16;
  words[0x24 / 2] = (u16)(width * PIXEL);
  static const u8 masks[] = {8, 16, 8, 8, 8, 0, 8, 24}; /* size and place of red, green, blue and what is left */
  for (u32 at = 0; at < sizeof masks; at++) boot_params[0x26 + at] = masks[at];
}
