/* SPDX-License-Identifier: GPL-2.0-or-later
   The game's data on this machine. Names come from a server, so none leads out of the game's folder. */
#ifndef CULVERT_FILES_H
#define CULVERT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILES_PATH = 192 };

/* A whole file in memory that the caller frees; 0 with errno if it cannot be read, is empty or larger than the limit. */
uint8_t *file_read(const char *path, size_t limit, size_t *size);

/* The path of a file of the game, "maps/x.bsp"; false if a name is none of a file below the folder. */
bool file_path(const char *folder, const char *name, char path[FILES_PATH]);

#endif
