/*
 * glass: edits a map (a BSP file of QuakeWorld, version 29) so that one sees through its walls. A wall is drawn with a texture; the
 * edited one is mostly of the colour that is not drawn, and its name begins with the mark of such textures. Shape, light and
 * everything that the server plays with stay as they are.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char help[] =
    "usage: glass IN OUT\n"
    "Writes the map IN to OUT with walls, floors and ceilings that one sees through. Water and sky stay.\n";

enum {
  LIMIT = 8 << 20,
  VERSION = 29,
  LUMPS = 15,
  TEXTURES = 2,
  MIP_LEVELS = 4,
  CLEAR = 255,
  /* Of so many points one is left, so that a wall is still something that one can run into with open eyes. */
  LEFT = 16,
};

struct texture {
  char name[16];
  uint32_t width, height, levels[MIP_LEVELS];
};

static uint8_t file[LIMIT];
static size_t size;

static uint8_t *at(size_t offset, size_t length) {
  if (offset > size || length > size - offset) {
    fprintf(stderr, "glass: the map ends at byte %zu, and says that something lies behind that\n", size);
    exit(EXIT_REFUSED);
  }
  return file + offset;
}

static uint32_t number(size_t offset) {
  uint32_t value;
  memcpy(&value, at(offset, sizeof value), sizeof value);
  return value;
}

/* Texture names: '*' water, "sky" sky; "{" has see-through points already. */
static int is_wall(const struct texture *texture) {
  return texture->name[0] != '*' && texture->name[0] != '{' && strncmp(texture->name, "sky", 3) != 0;
}

static void clear(size_t offset) {
  struct texture *texture = (struct texture *)at(offset, sizeof *texture);
  if (!is_wall(texture)) return;
  texture->name[0] = '{';
  for (int level = 0; level < MIP_LEVELS; level++) {
    size_t count = (size_t)(texture->width >> level) * (texture->height >> level);
    uint8_t *points = at(offset + texture->levels[level], count);
    for (size_t point = 0; point < count; point++) {
      if (point % LEFT != 0) points[point] = CLEAR;
    }
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
  if (size < 4 + LUMPS * 8 || number(0) != VERSION) {
    fprintf(stderr, "glass: %s is no map of version %d\n", argv[1], VERSION);
    return EXIT_REFUSED;
  }
  size_t textures = number(4 + TEXTURES * 8);
  uint32_t count = number(textures);
  for (uint32_t index = 0; index < count; index++) {
    uint32_t offset = number(textures + 4 + index * 4);
    if (offset != UINT32_MAX) clear(textures + offset);
  }
  FILE *out = fopen(argv[2], "wb");
  if (!out || fwrite(file, 1, size, out) != size || fclose(out) != 0) {
    fprintf(stderr, "glass: %s: cannot be written: %m\n", argv[2]);
    return EXIT_DEVICE;
  }
  return EXIT_DONE;
}
