/* SPDX-License-Identifier: GPL-2.0-or-later
   The honest client's: it computes each checksum over the very file that it plays with. */
#include "answers.h"

#include <stdlib.h>

#include "files.h"
#include "quakeworld/move.h"

enum { MODEL_LIMIT = 4 << 20 };

uint32_t answer_map(const char *folder, const char *name, const struct map *map) {
  (void)folder;
  (void)name;
  return map->checksum;
}

unsigned answer_model(const char *folder, const char *name) {
  char path[FILES_PATH];
  size_t size;
  uint8_t *bytes = file_path(folder, name, path) ? file_read(path, MODEL_LIMIT, &size) : 0;
  unsigned sum = bytes ? crc16(bytes, size) : 0;
  free(bytes);
  return sum;
}
