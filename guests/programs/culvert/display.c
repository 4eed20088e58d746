/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "display.h"

#include <emmintrin.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <linux/kd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIXEL = 4 };

static uint8_t *screen;
static size_t line_length;
/* The terminal that was taken, or -1; its modes before. */
static int terminal = -1;
static int keyboard_mode, screen_mode;

static bool fits(const struct fb_var_screeninfo *shape, const struct fb_fix_screeninfo *memory) {
  return shape->xres >= RENDER_WIDTH && shape->yres >= RENDER_HEIGHT && shape->bits_per_pixel == 8 * PIXEL &&
         shape->red.offset == 16 && shape->green.offset == 8 && shape->blue.offset == 0 &&
         memory->line_length >= RENDER_WIDTH * PIXEL && memory->line_length % sizeof(__m128i) == 0 &&
         memory->smem_len >= memory->line_length * RENDER_HEIGHT;
}

static bool open_screen(char *why, size_t size) {
  struct fb_var_screeninfo shape;
  struct fb_fix_screeninfo memory;
  int fd = open("/dev/fb0", O_RDWR | O_CLOEXEC);
  if (fd < 0 || ioctl(fd, FBIOGET_VSCREENINFO, &shape) != 0 || ioctl(fd, FBIOGET_FSCREENINFO, &memory) != 0) {
    snprintf(why, size, "/dev/fb0: %s", strerror(errno));
    if (fd >= 0) close(fd);
    return false;
  }
  if (!fits(&shape, &memory)) {
    snprintf(why, size, "/dev/fb0 has %ux%u pixels of %u bits; %dx%d of %d are wanted", shape.xres, shape.yres,
             shape.bits_per_pixel, RENDER_WIDTH, RENDER_HEIGHT, 8 * PIXEL);
    close(fd);
    return false;
  }
  line_length = memory.line_length;
  void *mapped = mmap(0, line_length * RENDER_HEIGHT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) {
    snprintf(why, size, "/dev/fb0 cannot be mapped: %s", strerror(errno));
    return false;
  }
  screen = mapped;
  return true;
}

bool display_open(char *why, size_t size) {
  if (!open_screen(why, size)) return false;
  int mode;
  if (ioctl(STDIN_FILENO, KDGETMODE, &screen_mode) != 0 || ioctl(STDIN_FILENO, KDGKBMODE, &mode) != 0) return true;
  keyboard_mode = mode;
  terminal = STDIN_FILENO;
  ioctl(terminal, KDSETMODE, KD_GRAPHICS);
  ioctl(terminal, KDSKBMODE, K_OFF);
  return true;
}

void display_close(void) {
  if (terminal < 0) return;
  ioctl(terminal, KDSKBMODE, keyboard_mode);
  ioctl(terminal, KDSETMODE, screen_mode);
  terminal = -1;
}

/* Four pixels at a time: each write to the screen costs the same, however long. */
void display_show(const struct render_picture *picture) {
  const uint32_t *colours = picture->colours;
  for (int row = 0; row < RENDER_HEIGHT; row++) {
    const uint8_t *from = picture->pixels[row];
    __m128i *to = (__m128i *)(screen + line_length * (size_t)row);
    for (int column = 0; column < RENDER_WIDTH; column += 4, from += 4, to++) {
      _mm_store_si128(to, _mm_set_epi32((int)colours[from[3]], (int)colours[from[2]], (int)colours[from[1]],
                                        (int)colours[from[0]]));
    }
  }
}
