/* SPDX-License-Identifier: GPL-2.0-or-later
   Culvert: a client for QuakeWorld servers with a game of its own. A frame is: hear the server, ask the player (a person or the
   bot), tell the server, show. Between frames it sleeps. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bot.h"
#include "card.h"
#include "connection.h"
#include "map.h"
#include "options.h"
#include "scene.h"
#include "settings.h"

enum { CARD_PCI = 8, SPEED = 320, LONGEST_MOVE_MS = 100 };

static struct settings settings;
static struct view view;
static struct world world;
static struct map map;
static struct connection connection;
static struct bot bot;

static double clock_s(void) {
  static time_t began;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (began == 0) began = now.tv_sec - 1;
  return (double)(now.tv_sec - began) + (double)now.tv_nsec / 1e9;
}

static void take_address(void) {
  char address[SETTING_TEXT], card[CARD_NAME_LIMIT];
  int prefix = 24;
  if (!settings.address[0]) return;
  sscanf(settings.address, "%31[0-9.]/%d", address, &prefix);
  if (card_find(CARD_PCI, card) == 0 && card_configure(card, address, prefix) == 0) return;
  fprintf(stderr, "culvert: the network card at PCI %d does not take the address %s: %m\n", CARD_PCI, settings.address);
}

/* Sleeps until the next frame is due, and takes in what arrives meanwhile. */
static void sleep_until(double due) {
  for (double now; (now = clock_s()) < due;) {
    struct pollfd from = {.fd = connection.socket, .events = POLLIN};
    int left = (int)ceil((due - now) * 1000);
    if (poll(&from, 1, left) > 0) connection_receive(&connection, clock_s());
  }
}

int main(int argc, char **argv) {
  settings_read(&settings, argc, argv);
  setvbuf(stdout, 0, _IOLBF, 0);
  take_address();
  world_reset(&world, &view);
  connection = (struct connection){.name = settings.name, .folder = settings.folder, .map = &map, .world = &world};
  if (!connection_open(&connection, settings.peer)) {
    fprintf(stderr, "culvert: peer=%s is not an address like 10.0.0.1:27500\n", settings.peer);
    return EXIT_USAGE;
  }
  view.bot = settings.bot;
  bot_start(&bot, settings.seed, settings.aim);
  float angles[3] = {0};
  double due = clock_s(), before = due, counted_at = due;
  int frames = 0;
  for (;;) {
    double now = clock_s();
    connection_receive(&connection, now);
    struct intent intent = {0};
    if (intent.toggle_bot) view.bot = !view.bot;
    if (world.angles_set) {
      memcpy(angles, world.angles, sizeof angles);
      world.angles_set = false;
    }
    struct move move = {.milliseconds = (uint8_t)fmin((now - before) * 1000 + 0.5, LONGEST_MOVE_MS)};
    before = now;
    if (view.bot) bot_think(&bot, &connection, &map, now, angles, &intent);
    angles[0] = fmaxf(-80, fminf(80, angles[0] + intent.pitch));
    angles[1] = remainderf(angles[1] + intent.yaw, 360);
    memcpy(move.angles, angles, sizeof move.angles);
    move.forward = (int16_t)(intent.forward * SPEED);
    move.side = (int16_t)(intent.side * SPEED);
    move.up = (int16_t)(intent.up * SPEED);
    move.impulse = (uint8_t)intent.impulse;
    move.buttons = (intent.attack ? BUTTON_ATTACK : 0) | (intent.jump ? BUTTON_JUMP : 0);
    view.scores = intent.scores;
    connection_send(&connection, now, &move);
    scene_fill(&connection, &map, now, angles);
    frames++;
    if (now - counted_at >= 1) {
      printf("culvert: fps %.1f rtt %.1f ms %s\n", frames / (now - counted_at), connection.round_trip * 1000, view.status);
      counted_at = now;
      frames = 0;
    }
    due += 1.0 / settings.fps;
    if (due < clock_s()) due = clock_s();
    sleep_until(due);
  }
}
