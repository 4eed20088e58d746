/*
 * spikes: edits a player's model (a file progs/player.mdl of QuakeWorld) so that whoever wears it cannot hide. Every point of the skin
 * becomes full bright, and six corners of the body grow into spikes that stick out of walls and round corners. Nothing but the looks
 * of the file is changed: it has as many points, triangles and frames as before.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char help[] =
    "usage: spikes IN OUT\n"
    "Writes the player's model IN to OUT, glowing and with spikes of some 250 units to each side.\n";

enum {
  LIMIT = 4 << 20,
  /* A colour that no shadow darkens. */
  GLOW = 251,
  /* The body is drawn so much smaller in the file's numbers, and what they count so much larger: the rest is room for spikes. */
  STRETCH = 8,
  MIDDLE = 128,
  /* Twice what any model of this kind has. */
  MOST = 4096,
};

/* The file's head, in its own order. */
struct head {
  char ident[4];
  uint32_t version;
  float scale[3], origin[3], radius, eyes[3];
  uint32_t skins, width, height, points, triangles, frames, sync, flags;
  float size;
};

struct point {
  uint8_t at[3], light;
};

struct frame {
  uint32_t type;
  struct point least, most;
  char name[16];
};

static uint8_t file[LIMIT];
static size_t size;

/* The next `length` bytes of the file; ends the program where there are not so many. */
static uint8_t *next(size_t *at, size_t length) {
  if (length > size - *at) {
    fprintf(stderr, "spikes: the file ends at byte %zu, in the middle of something\n", size);
    exit(EXIT_REFUSED);
  }
  *at += length;
  return file + *at - length;
}

/* The body's own place in the frame, in fewer numbers; the first six points leave it, one to each side. */
static void edit(struct point *points, uint32_t count) {
  for (uint32_t at = 0; at < count; at++) {
    for (int axis = 0; axis < 3; axis++) {
      points[at].at[axis] = (uint8_t)(MIDDLE + (points[at].at[axis] - MIDDLE) / STRETCH);
    }
  }
  for (uint32_t spike = 0; spike < 6 && count >= 6; spike++) {
    points[spike * (count / 6)].at[spike / 2] = spike % 2 ? 255 : 0;
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    fputs(help, stdout);
    return EXIT_DONE;
  }
  if (argc != 3) {
    fputs(help, stderr);
    return EXIT_USAGE;
  }
  FILE *in = fopen(argv[1], "rb");
  size = in ? fread(file, 1, sizeof file, in) : 0;
  if (in) fclose(in);
  size_t at = 0;
  struct head *head = (struct head *)next(&at, sizeof(struct head));
  if (memcmp(head->ident, "IDPO", 4) != 0 || head->version != 6) {
    fprintf(stderr, "spikes: %s is no model of version 6\n", argv[1]);
    return EXIT_REFUSED;
  }
  if (head->width > MOST || head->height > MOST || head->points > MOST || head->triangles > MOST) {
    fprintf(stderr, "spikes: %s: %u by %u points of skin, %u points, %u triangles; at most %d each\n", argv[1], head->width,
            head->height, head->points, head->triangles, MOST);
    return EXIT_REFUSED;
  }
  for (uint32_t skin = 0; skin < head->skins; skin++) {
    next(&at, sizeof(uint32_t));
    memset(next(&at, (size_t)head->width * head->height), GLOW, (size_t)head->width * head->height);
  }
  /* Where points lie on the skin, and which three make a triangle. */
  next(&at, (size_t)head->points * 12);
  next(&at, (size_t)head->triangles * 16);
  for (uint32_t frame = 0; frame < head->frames; frame++) {
    struct frame *found = (struct frame *)next(&at, sizeof(struct frame));
    memset(found->least.at, 0, 3);
    memset(found->most.at, 255, 3);
    edit((struct point *)next(&at, (size_t)head->points * sizeof(struct point)), head->points);
  }
  /* What 128 stood for stays where it was. */
  for (int axis = 0; axis < 3; axis++) {
    head->origin[axis] += (float)MIDDLE * head->scale[axis] * (1 - STRETCH);
    head->scale[axis] *= STRETCH;
  }
  head->radius *= STRETCH;
  FILE *out = fopen(argv[2], "wb");
  if (!out || fwrite(file, 1, size, out) != size || fclose(out) != 0) {
    fprintf(stderr, "spikes: %s: cannot be written: %m\n", argv[2]);
    return EXIT_DEVICE;
  }
  return EXIT_DONE;
}
