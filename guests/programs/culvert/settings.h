/* SPDX-License-Identifier: GPL-2.0-or-later
   What the client is to do, from the disk `config` (lines key=value, docs/formats.md) and from the command line, which counts
   more. */
#ifndef CULVERT_SETTINGS_H
#define CULVERT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "box/config.h"

enum { SETTING_NAME = 16 };

struct settings {
  /* Its own, "10.0.0.2/24", or "" where the network is not ours to set up; the server or proxy. */
  char address[CONFIG_ADDRESS], name[SETTING_NAME];
  struct config_peer peer;
  char folder[128], control[96], log[96];
  bool bot, headless, speeds;
  uint32_t seed, fps;
  /* Degrees. */
  float aim;
};

/* Ends the program with a sentence if something is wrong on the command line; what is wrong on the disk is said and passed over. */
void settings_read(struct settings *settings, int argc, char **argv);

#endif
