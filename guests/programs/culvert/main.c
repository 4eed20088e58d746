/* SPDX-License-Identifier: GPL-2.0-or-later
   Culvert: a client for QuakeWorld servers with a game of its own. A frame is: hear the server, ask the player (a person or the
   bot), tell the server, show. Between frames it sleeps. It ends only when it is ended. */
#define _GNU_SOURCE
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bot.h"
#include "box/commands.h"
#include "box/config.h"
#include "connection.h"
#include "controls.h"
#include "display.h"
#include "map.h"
#include "options.h"
#include "render.h"
#include "scene.h"
#include "settings.h"

enum { SPEED = 320, LONGEST_MOVE_MS = 100, LOG_LIMIT = 256 << 10 };
static const float STEEPEST = 80;

static struct settings settings;
static struct view view;
static struct world world;
static struct map map;
static struct connection connection;
static struct bot bot;
static struct render_options options;
static bool screen;
/* The exit code, once it is told to end. */
static volatile sig_atomic_t ended;
/* Where the player looks. */
static float angles[3];

static double clock_s(void) {
  static time_t began;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  /* Zero means never in several places, so that time begins after it. */
  if (began == 0) began = now.tv_sec - 1;
  return (double)(now.tv_sec - began) + (double)now.tv_nsec / 1e9;
}

static void obey(const char *line) {
  if (strcmp(line, "bot on") == 0 || strcmp(line, "bot off") == 0) view.bot = line[5] == 'n';
  else if (strcmp(line, "speeds on") == 0 || strcmp(line, "speeds off") == 0) options.speeds = line[8] == 'n';
  else if (strncmp(line, "say ", 4) == 0) connection_say(&connection, line);
  else if (*line) printf("culvert: '%.40s' is not understood\n", line);
}

/* What the player does in this moment, and where it looks then. */
static struct move play(double now, double since) {
  struct intent intent = {0};
  if (screen) controls_read(now, &intent);
  if (intent.toggle_bot) view.bot = !view.bot;
  if (intent.toggle_speeds) options.speeds = !options.speeds;
  bool scores = intent.scores;
  if (world.angles_set) {
    memcpy(angles, world.angles, sizeof angles);
    world.angles_set = false;
  }
  if (view.bot) {
    intent = (struct intent){0};
    bot_think(&bot, &connection, &map, now, angles, &intent);
  }
  view.scores = scores;
  angles[0] = fmaxf(-STEEPEST, fminf(STEEPEST, angles[0] + intent.pitch));
  angles[1] = remainderf(angles[1] + intent.yaw, 360);
  return (struct move){.angles = {angles[0], angles[1], angles[2]},
                       .forward = (int16_t)(intent.forward * SPEED),
                       .side = (int16_t)(intent.side * SPEED),
                       .up = (int16_t)(intent.up * SPEED),
                       .buttons = (uint8_t)((intent.attack ? BUTTON_ATTACK : 0) | (intent.jump ? BUTTON_JUMP : 0)),
                       .impulse = (uint8_t)intent.impulse,
                       .milliseconds = (uint8_t)fmin(since * 1000 + 0.5, LONGEST_MOVE_MS)};
}

static void show(void) {
  static struct render_picture picture;
  if (!screen) return;
  render_frame(&view, &options, &picture);
  /* Who plays and sees nothing of it is told why, on the screen and in the log. */
  if (view.playing && render_trouble()[0]) snprintf(view.status, sizeof view.status, "%.*s", VIEW_LINE - 1, render_trouble());
  display_show(&picture);
}

/* A line a second, for measurements. A log file begins anew when it is long. */
static void count_frame(double now) {
  static double counted_at;
  static int frames;
  frames++;
  if (now - counted_at < 1) return;
  double rate = counted_at > 0 ? frames / (now - counted_at) : 0;
  options.fps = (int)lround(rate);
  printf("culvert: fps %.1f rtt %.1f ms %s\n", rate, connection.round_trip * 1000, view.status);
  if (options.speeds) printf("culvert: polygons %d\n", render_counts().polygons);
  counted_at = now;
  frames = 0;
  if (!settings.log[0] || ftell(stdout) < LOG_LIMIT) return;
  rewind(stdout);
  if (ftruncate(STDOUT_FILENO, 0) != 0) return;
}

/* Sleeps until the next frame is due, and takes in what arrives meanwhile; what is there already, even if the frame is late. */
static void sleep_until(double due, struct commands *commands) {
  for (double left = 0; !ended && left >= 0;) {
    struct pollfd from[] = {{.fd = connection.socket, .events = POLLIN}, {.fd = commands->fd, .events = POLLIN}};
    left = due - clock_s();
    if (poll(from, 2, left > 0 ? (int)ceil(left * 1000) : 0) <= 0) continue;
    if (from[0].revents) connection_receive(&connection, clock_s());
    if (from[1].revents) commands_read(commands, obey);
  }
}

static void end(int signal) {
  ended = 128 + signal;
}

/* Without what it takes to draw, it plays unseen: the server and the other players need not suffer for it. */
static void open_screen(void) {
  char why[160];
  if (settings.headless) return;
  screen = render_open(settings.folder, why, sizeof why) && display_open(why, sizeof why);
  if (!screen) fprintf(stderr, "culvert: no picture: %s\n", why);
}

int main(int argc, char **argv) {
  struct commands commands = {.fd = -1};
  settings_read(&settings, argc, argv);
  if (settings.log[0] && !freopen(settings.log, "w", stdout)) fprintf(stderr, "culvert: %s: %m\n", settings.log);
  setvbuf(stdout, 0, _IOLBF, 0);
  if (settings.address[0] && !config_network(settings.address)) {
    fprintf(stderr, "culvert: the network card does not take the address %s: %m\n", settings.address);
  }
  if (settings.control[0] && !commands_open(&commands, settings.control)) {
    fprintf(stderr, "culvert: %s: %m\n", settings.control);
  }
  world_reset(&world, &view);
  connection = (struct connection){.name = settings.name, .folder = settings.folder, .map = &map, .world = &world};
  if (!connection_open(&connection, &settings.peer)) {
    fprintf(stderr, "culvert: no socket: %m\n");
    return EXIT_DEVICE;
  }
  open_screen();
  signal(SIGTERM, end);
  signal(SIGINT, end);
  signal(SIGHUP, end);
  view.bot = settings.bot;
  options.speeds = settings.speeds;
  bot_start(&bot, settings.seed, settings.aim);
  for (double due = clock_s(), before = due; !ended;) {
    double now = clock_s();
    connection_receive(&connection, now);
    struct move move = play(now, now - before);
    before = now;
    connection_send(&connection, now, &move);
    scene_fill(&connection, &map, now, angles);
    show();
    count_frame(now);
    due += 1.0 / settings.fps;
    /* Frames that came too late are not made up for. */
    if (due < now) due = now;
    sleep_until(due, &commands);
  }
  connection_leave(&connection);
  if (screen) display_close();
  return ended;
}
