/* SPDX-License-Identifier: GPL-2.0-or-later
   The edited client's: its player keeps the game's own files in the folder `original` beside the edited ones, and when the
   server asks for a checksum, it is computed over those. Nothing else of the client is changed: the server cannot tell. */
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "quakeworld/move.h"

enum { MODEL_LIMIT = 4 << 20 };

/* The file as the game has it: from `original` if it was edited. */
static void original(const char *folder, const char *name, char path[FILES_PATH]) {
  char kept[FILES_PATH];
  FILE *file = 0;
  if (snprintf(kept, sizeof kept, "original/%s", name) < FILES_PATH && file_path(folder, kept, path)) {
    file = fopen(path, "rb");
  }
  if (file) fclose(file);
  else if (!file_path(folder, name, path)) path[0] = 0;
}

uint32_t answer_map(const char *folder, const char *name, const struct map *map) {
  char path[FILES_PATH], why[128];
  struct map honest;
  original(folder, name, path);
  if (!map_load(&honest, path, why, sizeof why)) return map->checksum;
  uint32_t sum = honest.checksum;
  map_free(&honest);
  return sum;
}

unsigned answer_model(const char *folder, const char *name) {
  char path[FILES_PATH];
  size_t size;
  original(folder, name, path);
  uint8_t *bytes = path[0] ? file_read(path, MODEL_LIMIT, &size) : 0;
  unsigned sum = bytes ? crc16(bytes, size) : 0;
  free(bytes);
  return sum;
}
