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
#include "chance.h"

int main(int argc, char **argv) {
  static struct view view;
  static struct render_picture picture;
  char path[FILES_PATH], why[200];
  if (argc != 5 || !file_path(argv[1], argv[2], path)) return 2;
  size_t size;
  uint8_t *before = file_read(path, 16 << 20, &size);
  uint8_t *after = before ? malloc(size) : 0;
  if (!after || !render_open(argv[1], why, sizeof why)) return 2;
  bool is_map = strstr(argv[2], ".bsp") != 0;
  int drawn = 0, refused = 0;
  chance_start((uint64_t)atoi(argv[3]));
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
    chance_change(after, size, is_map);
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
