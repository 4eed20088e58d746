/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * picture: draws one moment of the game from words on the command line, for tests and for people who look at what the renderer
 * does. Not a program of any image.
 *
 *   picture DATA OUT WORD...    DATA: the game's folder; OUT: a PPM file, or - for none
 *
 * Words: map=PATH eye=X,Y,Z look=PITCH,YAW weapon=PATH,FRAME self=NUMBER health=N frags=N fps=N
 *   player=X,Y,Z,YAW,FRAME,TOP,BOTTOM   thing=PATH,X,Y,Z,YAW,FRAME   name=PLAYER,TEXT,FRAGS,PING
 *   beam=X,Y,Z,X,Y,Z   burst=KIND,AGE,X,Y,Z   style=N,LETTERS   line=TEXT   centre=TEXT   status=TEXT
 *   hurt dead scores bot speeds title   now=SECONDS   repeat=N (draws N times and tells how long one took)
 * Prints: polygons models lit open colours (how many different colours the picture has), one line each, "name number", and "trouble
 * WHY" if the map cannot be drawn.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../culvert/render.h"

static struct view view;
static struct render_options options;
static struct render_picture picture;
static int repeat = 1;

static int model(const char *path) {
  int number = 1;
  while (number < VIEW_MODELS - 1 && view.models[number][0] && strcmp(view.models[number], path) != 0) number++;
  snprintf(view.models[number], VIEW_PATH, "%s", path);
  return number;
}

/* Numbers with commas between; returns how many. */
static int numbers(const char *text, float *values, int most) {
  int count = 0;
  while (count < most && *text) {
    char *end;
    values[count++] = strtof(text, &end);
    if (*end != ',') break;
    text = end + 1;
  }
  return count;
}

static const char *after_comma(const char *text) {
  const char *comma = strchr(text, ',');
  return comma ? comma + 1 : "";
}

static void entity(const char *path, int player, const float at[3], float yaw, int frame) {
  if (view.entity_count == VIEW_ENTITIES) return;
  view.entities[view.entity_count++] = (struct view_entity){
      model(path), frame, 0, player, 0, {at[0], at[1], at[2]}, {0, yaw, 0}};
}

static void word(const char *name, const char *value) {
  float n[8] = {0};
  char path[VIEW_PATH];
  numbers(value, n, 8);
  snprintf(path, sizeof path, "%.*s", (int)strcspn(value, ","), value);
  if (strcmp(name, "map") == 0) model(value);
  if (strcmp(name, "eye") == 0) memcpy(view.eye, n, sizeof view.eye);
  if (strcmp(name, "look") == 0) memcpy(view.angles, n, 2 * sizeof *n);
  if (strcmp(name, "weapon") == 0) {
    view.weapon_model = model(path);
    view.weapon_frame = atoi(after_comma(value));
  }
  if (strcmp(name, "self") == 0) view.self = (int)n[0];
  if (strcmp(name, "health") == 0) view.health = (int)n[0];
  if (strcmp(name, "fps") == 0) options.fps = (int)n[0];
  if (strcmp(name, "now") == 0) view.now = n[0];
  if (strcmp(name, "repeat") == 0) repeat = (int)n[0];
  if (strcmp(name, "player") == 0) {
    int slot = view.entity_count + 1;
    view.players[slot].top = (int)n[5];
    view.players[slot].bottom = (int)n[6];
    entity("progs/player.mdl", slot, n, n[3], (int)n[4]);
  }
  if (strcmp(name, "thing") == 0) {
    numbers(after_comma(value), n, 8);
    entity(path, -1, n, n[3], (int)n[4]);
  }
  if (strcmp(name, "name") == 0 && n[0] >= 0 && n[0] < VIEW_PLAYERS) {
    struct view_player *player = &view.players[(int)n[0]];
    const char *text = after_comma(value);
    player->in = true;
    snprintf(player->name, sizeof player->name, "%.*s", (int)strcspn(text, ","), text);
    numbers(after_comma(text), n, 2);
    player->frags = (int)n[0];
    player->ping = (int)n[1];
    player->seconds = 83;
  }
  if (strcmp(name, "beam") == 0 && view.beam_count < VIEW_BEAMS) {
    struct view_beam *beam = &view.beams[view.beam_count++];
    memcpy(beam->from, n, sizeof beam->from);
    memcpy(beam->to, n + 3, sizeof beam->to);
    beam->until = view.now + 0.1;
  }
  if (strcmp(name, "burst") == 0 && view.burst_count < VIEW_PARTICLES) {
    struct view_burst *burst = &view.bursts[view.burst_count++];
    burst->kind = (int)n[0];
    burst->since = view.now - n[1];
    memcpy(burst->origin, n + 2, sizeof burst->origin);
  }
  if (strcmp(name, "style") == 0 && n[0] >= 0 && n[0] < VIEW_STYLES)
    snprintf(view.styles[(int)n[0]], sizeof view.styles[0], "%s", after_comma(value));
  if (strcmp(name, "line") == 0) {
    memmove(view.lines, view.lines + 1, sizeof view.lines - sizeof view.lines[0]);
    snprintf(view.lines[VIEW_LINES - 1], VIEW_LINE, "%s", value);
    for (int i = 0; i < VIEW_LINES; i++) view.line_at[i] = view.now;
  }
  if (strcmp(name, "centre") == 0) {
    snprintf(view.centre, sizeof view.centre, "%s", value);
    view.centre_at = view.now;
  }
  if (strcmp(name, "status") == 0) snprintf(view.status, sizeof view.status, "%s", value);
  if (strcmp(name, "hurt") == 0) view.hurt_at = view.now - 0.05;
  if (strcmp(name, "dead") == 0) view.dead = true;
  if (strcmp(name, "scores") == 0) view.scores = true;
  if (strcmp(name, "bot") == 0) view.bot = true;
  if (strcmp(name, "speeds") == 0) options.speeds = true;
  if (strcmp(name, "title") == 0) view.playing = false;
}

static int write_ppm(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) return -1;
  fprintf(file, "P6 %d %d 255\n", RENDER_WIDTH, RENDER_HEIGHT);
  for (int i = 0; i < RENDER_WIDTH * RENDER_HEIGHT; i++) {
    uint32_t colour = picture.colours[picture.pixels[i / RENDER_WIDTH][i % RENDER_WIDTH]];
    fputc((int)(colour >> 16 & 255), file);
    fputc((int)(colour >> 8 & 255), file);
    fputc((int)(colour & 255), file);
  }
  return fclose(file);
}

static int colours(void) {
  bool seen[256] = {false};
  int count = 0;
  for (int i = 0; i < RENDER_WIDTH * RENDER_HEIGHT; i++) seen[picture.pixels[i / RENDER_WIDTH][i % RENDER_WIDTH]] = true;
  for (int i = 0; i < 256; i++) count += seen[i];
  return count;
}

int main(int argc, char **argv) {
  char why[200];
  if (argc < 3) return 2;
  view = (struct view){.generation = 1, .playing = true, .now = 100, .health = 100};
  for (int i = 0; i < VIEW_STYLES; i++) strcpy(view.styles[i], "m");
  options.fps = 25;
  for (int i = 3; i < argc; i++) {
    char name[16];
    size_t length = strcspn(argv[i], "=");
    snprintf(name, sizeof name, "%.*s", (int)length, argv[i]);
    word(name, argv[i] + length + (argv[i][length] == '='));
  }
  if (!render_open(argv[1], why, sizeof why)) {
    fprintf(stderr, "picture: %s\n", why);
    return 1;
  }
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 0; i < repeat; i++) render_frame(&view, &options, &picture);
  clock_gettime(CLOCK_MONOTONIC, &to);
  if (strcmp(argv[2], "-") != 0 && write_ppm(argv[2]) != 0) {
    perror(argv[2]);
    return 1;
  }
  struct render_counts counts = render_counts();
  printf("polygons %d\nmodels %d\nlit %d\nopen %d\ncolours %d\n", counts.polygons, counts.models, counts.lit, counts.open, colours());
  if (render_trouble()[0]) printf("trouble %s\n", render_trouble());
  if (repeat > 1) {
    double us = (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
    printf("us %.0f\n", us / repeat);
  }
  return 0;
}
