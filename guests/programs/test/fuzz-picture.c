/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-picture: changes a file of the game at random, again and again, and has the renderer load and draw it. What is found is
 * found by the sanitizers that it is compiled with. Not a program of any image.
 *
 *   fuzz-picture DATA FILE SEED COUNT    DATA: a copy of the game's folder, whose FILE (a .bsp or .mdl) is written over
 *
 * Prints how many pictures were drawn of what could be loaded, and how many of what could not.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../culvert/files.h"
#include "../culvert/render.h"

enum { BSP_LUMPS = 15, MOST_CHANGES = 6 };

static uint32_t state;

static uint32_t chance(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)((uint64_t)(state >> 3) * below >> 29);
}

/* Every part of a map is as likely as any other, however small. */
static size_t place(const uint8_t *bytes, size_t size, int is_map) {
  if (is_map && chance(8) != 0) {
    uint32_t lump[2];
    memcpy(lump, bytes + 4 + 8 * chance(BSP_LUMPS), sizeof lump);
    if (lump[0] < size && lump[1] > 0 && lump[1] <= size - lump[0]) return lump[0] + chance(lump[1]);
  }
  return chance(chance(2) ? (uint32_t)size : 256);
}

static void change(uint8_t *bytes, size_t size, int is_map) {
  static const uint32_t values[] = {0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0xffff, 0x7fc00000, 0x7f800000, 0x7f7fffff, 1000};
  for (uint32_t left = 1 + chance(MOST_CHANGES); left > 0; left--) {
    size_t at = place(bytes, size, is_map);
    uint32_t value = chance(3) ? values[chance(sizeof values / sizeof *values)] : chance(1u << 28) * 16 + chance(16);
    size_t length = chance(2) ? 1 : 4;
    at -= at % length;
    if (at + length <= size) memcpy(bytes + at, &value, length);
  }
}

int main(int argc, char **argv) {
  static struct view view;
  static struct render_picture picture;
  char path[FILES_PATH], why[200];
  if (argc != 5 || !file_path(argv[1], argv[2], path)) return 2;
  size_t size;
  uint8_t *before = file_read(path, 16 << 20, &size);
  uint8_t *after = before ? malloc(size) : 0;
  if (!after || !render_open(argv[1], why, sizeof why)) return 2;
  int is_map = strstr(argv[2], ".bsp") != 0, drawn = 0, refused = 0;
  state = (uint32_t)atoi(argv[3]);
  strcpy(view.models[1], "maps/culvert.bsp");
  strcpy(view.models[2], "progs/player.mdl");
  strcpy(view.models[3], "progs/v_gun.mdl");
  view.playing = true;
  view.now = 10;
  view.health = 50;
  view.weapon_model = 3;
  view.entity_count = 2;
  for (int i = 0; i < 2; i++)
    view.entities[i] = (struct view_entity){2, i, 0, i, 0, {60 * (float)i, 40, 24}, {0, 30, 0}};
  view.beam_count = 1;
  view.beams[0] = (struct view_beam){{0, 0, 40}, {200, 30, 60}, 11};
  static const float eyes[][4] = {{-256, -256, 46, 45}, {256, 128, 46, 225}, {-984, 224, 46, 315}, {60, 40, 50, 100}};
  for (int left = atoi(argv[4]); left > 0; left--) {
    memcpy(after, before, size);
    change(after, size, is_map);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(after, 1, size, file) != size || fclose(file) != 0) return 2;
    view.generation++;
    for (size_t i = 0; i < sizeof eyes / sizeof *eyes; i++) {
      memcpy(view.eye, eyes[i], sizeof view.eye);
      view.angles[1] = eyes[i][3];
      render_frame(&view, &(struct render_options){25, true}, &picture);
      if (render_counts().polygons > 0) drawn++;
      else refused++;
    }
  }
  free(before);
  free(after);
  printf("drawn %d\nrefused %d\n", drawn, refused);
  return 0;
}
