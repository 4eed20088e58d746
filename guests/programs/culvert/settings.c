/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char help[] =
    "usage: culvert [--headless] [KEY=VALUE...]\n"
    "Plays on a QuakeWorld server. Settings come from the disk `config`, then from here:\n"
    "  address=10.0.0.2/24  of this box; without it the network stays as it is\n"
    "  peer=10.0.0.1        the server, with :PORT if it is not 27500\n"
    "  name=blue            of the player\n"
    "  bot=1                1: plays by itself; 0: a person plays\n"
    "  seed=7               of the bot's chance\n"
    "  aim=4.0              standard deviation of the bot's aim, degrees\n"
    "  fps=25               frames a second at most\n"
    "  game=/game/culvert   folder of the game's data\n"
    "  speeds=1             shows how many polygons were drawn\n"
    "  control=PATH         a FIFO to make and to read commands from, one a line: bot on, bot off, speeds on, speeds off, say TEXT\n"
    "  log=PATH             a file for what it says, instead of standard output\n"
    "  --headless           without screen, keyboard and mouse\n";

enum { PORT = 27500 };

static const char *set(void *whose, const char *key, const char *value) {
  struct settings *settings = whose;
  if (strcmp(key, "address") == 0) return config_address(value, settings->address);
  if (strcmp(key, "peer") == 0) return config_peer(value, PORT, &settings->peer);
  /* What is a mark in the protocol's texts is none of a name. */
  if (strcmp(key, "name") == 0) return config_name(value, settings->name, sizeof settings->name);
  if (strcmp(key, "game") == 0) return config_path(value, settings->folder, sizeof settings->folder);
  if (strcmp(key, "control") == 0) return config_path(value, settings->control, sizeof settings->control);
  if (strcmp(key, "log") == 0) return config_path(value, settings->log, sizeof settings->log);
  if (strcmp(key, "bot") == 0) return config_switch(value, &settings->bot);
  if (strcmp(key, "seed") == 0) return config_whole(value, 0, UINT32_MAX, &settings->seed);
  if (strcmp(key, "aim") == 0) return config_number(value, 0, 45, &settings->aim);
  if (strcmp(key, "fps") == 0) return config_whole(value, 5, 100, &settings->fps);
  if (strcmp(key, "speeds") == 0) return config_switch(value, &settings->speeds);
  return CONFIG_UNKNOWN;
}

void settings_read(struct settings *settings, int argc, char **argv) {
  *settings = (struct settings){.name = "player", .folder = "/game/culvert", .bot = true, .seed = 1, .aim = 4, .fps = 25};
  set(settings, "peer", "10.0.0.1");
  config_disk("culvert", set, settings);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(help, stdout);
      exit(EXIT_DONE);
    } else if (strcmp(argv[i], "--headless") == 0) {
      settings->headless = true;
    } else if (!config_argument("culvert", argv[i], set, settings)) {
      exit(EXIT_USAGE);
    }
  }
}
