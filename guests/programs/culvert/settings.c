/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
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
    "  --headless           without screen, keyboard and mouse\n";

static bool number(const char *value, double least, double most, double *to) {
  char *end;
  double found = strtod(value, &end);
  if (end == value || *end || !(found >= least && found <= most)) return false;
  *to = found;
  return true;
}

static bool text(const char *value, char *to, size_t size) {
  if (!value[0] || strlen(value) >= size) return false;
  for (const char *at = value; *at; at++) {
    /* What is a mark in the protocol's texts, or is not printable, is none of a name. */
    if (*at <= ' ' || *at > '~' || strchr("\\\"$;", *at)) return false;
  }
  strcpy(to, value);
  return true;
}

/* False if the key or its value is not known. */
static bool set(struct settings *settings, const char *key, const char *value) {
  double found;
  if (strcmp(key, "address") == 0) return text(value, settings->address, sizeof settings->address);
  if (strcmp(key, "peer") == 0) return text(value, settings->peer, sizeof settings->peer);
  if (strcmp(key, "name") == 0) return strlen(value) < 16 && text(value, settings->name, sizeof settings->name);
  if (strcmp(key, "game") == 0) return text(value, settings->folder, sizeof settings->folder);
  if (strcmp(key, "bot") == 0 && number(value, 0, 1, &found)) settings->bot = found != 0;
  else if (strcmp(key, "seed") == 0 && number(value, 0, 4294967295.0, &found)) settings->seed = (uint32_t)found;
  else if (strcmp(key, "aim") == 0 && number(value, 0, 45, &found)) settings->aim = (float)found;
  else if (strcmp(key, "fps") == 0 && number(value, 5, 100, &found)) settings->fps = (int)found;
  else return false;
  return true;
}

static bool set_line(struct settings *settings, const char *line) {
  char copy[192];
  if (snprintf(copy, sizeof copy, "%s", line) >= (int)sizeof copy) return false;
  char *equals = strchr(copy, '=');
  if (!equals) return false;
  *equals = 0;
  return set(settings, copy, equals + 1);
}

static void read_disk(struct settings *settings) {
  char path[DISK_PATH_LIMIT], lines[SETTINGS_LIMIT + 1];
  if (disk_find("config", path) != 0) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t count = read(fd, lines, SETTINGS_LIMIT);
  close(fd);
  if (count < 0) return;
  lines[count] = 0;
  for (char *save, *line = strtok_r(lines, "\n", &save); line; line = strtok_r(0, "\n", &save)) {
    if (!set_line(settings, line)) fprintf(stderr, "culvert: the disk config: '%.60s' is not understood\n", line);
  }
}

void settings_read(struct settings *settings, int argc, char **argv) {
  *settings = (struct settings){
      .peer = "10.0.0.1", .name = "player", .folder = "/game/culvert", .bot = true, .seed = 1, .aim = 4, .fps = 25};
  read_disk(settings);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(help, stdout);
      exit(EXIT_DONE);
    } else if (strcmp(argv[i], "--headless") == 0) {
      settings->headless = true;
    } else if (!set_line(settings, argv[i])) {
      fprintf(stderr, "culvert: '%s' is not understood; culvert --help says what can be given\n", argv[i]);
      exit(EXIT_USAGE);
    }
  }
}
