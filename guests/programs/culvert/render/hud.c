/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hud.h"

#include <stdio.h>
#include <string.h>

enum {
  MARGIN = 6,
  LOW = 25,
  SCORES = 10,
  SCORES_WIDTH = 232,
  SHADE = 54,
  COLOURS_OF_SHIRTS = 14,
  TITLE_LEFT = 40,
};
static const double LINE_S = 5, CENTRE_S = 3;

static void right_text(const struct pen *pen, int right, int y, int scale, enum pen_ink ink, const char *text) {
  pen_text(pen, right - pen_width(scale, text), y, scale, ink, text);
}

static void middle_text(const struct pen *pen, int y, int scale, enum pen_ink ink, const char *text) {
  pen_text(pen, (RENDER_WIDTH - pen_width(scale, text)) / 2, y, scale, ink, text);
}

static void draw_lines(const struct pen *pen, const struct view *view) {
  int y = MARGIN;
  for (int i = 0; i < VIEW_LINES; i++) {
    if (!view->lines[i][0] || view->now - view->line_at[i] > LINE_S) continue;
    char text[41];
    snprintf(text, sizeof text, "%s", view->lines[i]);
    pen_text(pen, MARGIN, y, 1, i == VIEW_LINES - 1 ? INK_PLAIN : INK_DIM, text);
    y += PEN_LINE;
  }
}

static void draw_figures(const struct pen *pen, const struct hud_figures *figures) {
  char text[32];
  snprintf(text, sizeof text, "%d fps", figures->fps);
  right_text(pen, RENDER_WIDTH - MARGIN, MARGIN, 1, INK_PLAIN, text);
  if (!figures->speeds) return;
  snprintf(text, sizeof text, "%d polygons", figures->counts.polygons);
  right_text(pen, RENDER_WIDTH - MARGIN, MARGIN + PEN_LINE, 1, INK_AMBER, text);
  snprintf(text, sizeof text, "%d models", figures->counts.models);
  right_text(pen, RENDER_WIDTH - MARGIN, MARGIN + 2 * PEN_LINE, 1, INK_AMBER, text);
}

/* A cross with a gap, each arm with a dark edge so that it is seen on every wall. */
static void draw_crosshair(const struct pen *pen) {
  enum { GAP = 2, ARM = 3 };
  const int x = RENDER_WIDTH / 2, y = RENDER_HEIGHT / 2;
  uint8_t dark = pen->inks[INK_DARK], bright = pen->inks[INK_PLAIN];
  for (int pass = 0; pass < 2; pass++) {
    int edge = pass == 0;
    uint8_t colour = edge ? dark : bright;
    pen_fill(pen, x - GAP - ARM - edge, y - edge, ARM + 2 * edge, 1 + 2 * edge, colour);
    pen_fill(pen, x + GAP + 1 - edge, y - edge, ARM + 2 * edge, 1 + 2 * edge, colour);
    pen_fill(pen, x - edge, y - GAP - ARM - edge, 1 + 2 * edge, ARM + 2 * edge, colour);
    pen_fill(pen, x - edge, y + GAP + 1 - edge, 1 + 2 * edge, ARM + 2 * edge, colour);
  }
}

static int frags_of(const struct view *view, int player) {
  return player >= 0 && player < VIEW_PLAYERS ? view->players[player].frags : 0;
}

static void draw_state(const struct pen *pen, const struct view *view) {
  enum { SCALE = 2 };
  const int y = RENDER_HEIGHT - MARGIN - PEN_HEIGHT * SCALE, small = RENDER_HEIGHT - MARGIN - PEN_HEIGHT;
  char text[32];
  snprintf(text, sizeof text, "+%d", view->health > 0 ? view->health : 0);
  int x = pen_text(pen, MARGIN, y, SCALE, view->health <= LOW ? INK_RED : INK_AMBER, text);
  if (view->armour > 0) {
    snprintf(text, sizeof text, "armour %d", view->armour);
    x = pen_text(pen, x + 4, small, 1, INK_DIM, text);
  }
  if (view->ammo > 0) {
    snprintf(text, sizeof text, "%d shots", view->ammo);
    pen_text(pen, x + 4, small, 1, INK_DIM, text);
  }
  snprintf(text, sizeof text, "%d", frags_of(view, view->self));
  int left = RENDER_WIDTH - MARGIN - pen_width(SCALE, text);
  pen_text(pen, left, y, SCALE, INK_AMBER, text);
  right_text(pen, left - 5, small, 1, INK_DIM, "frags");
  middle_text(pen, small, 1, INK_DIM, view->bot ? "bot plays  F2 you" : "you play  F2 bot");
}

static void draw_centre(const struct pen *pen, const struct view *view) {
  const char *from = view->centre;
  int y = 48;
  while (*from && view->now - view->centre_at < CENTRE_S) {
    char text[48];
    size_t length = strcspn(from, "\n");
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), from);
    middle_text(pen, y, 1, INK_PLAIN, text);
    y += PEN_LINE;
    from += length + (from[length] == '\n');
  }
  if (view->dead && !view->scores) {
    middle_text(pen, 84, 2, INK_AMBER, "You are dead");
    middle_text(pen, 104, 1, INK_PLAIN, "fire to come back");
  }
}

/* Numbers of the players who are in, those with most frags first. Returns how many. */
static int rank(const struct view *view, int order[VIEW_PLAYERS]) {
  int count = 0;
  for (int player = 0; player < VIEW_PLAYERS; player++) {
    if (!view->players[player].in) continue;
    int at = count++;
    for (; at > 0 && view->players[order[at - 1]].frags < view->players[player].frags; at--) order[at] = order[at - 1];
    order[at] = player;
  }
  return count;
}

static uint8_t cloth(int colour, int shade) {
  if (colour < 0 || colour >= COLOURS_OF_SHIRTS) colour = 0;
  return (uint8_t)(colour * 16 + (colour < 8 ? shade : 15 - shade));
}

static void draw_score(const struct pen *pen, const struct view *view, int number, int left, int y) {
  const struct view_player *player = &view->players[number];
  enum pen_ink ink = number == view->self ? INK_AMBER : INK_PLAIN;
  char text[32];
  pen_fill(pen, left, y - 1, 12, 5, cloth(player->top, 10));
  pen_fill(pen, left, y + 4, 12, 4, cloth(player->bottom, 10));
  snprintf(text, sizeof text, "%.16s", player->name);
  pen_text(pen, left + 20, y, 1, ink, text);
  snprintf(text, sizeof text, "%d", player->frags);
  right_text(pen, left + 150, y, 1, ink, text);
  snprintf(text, sizeof text, "%d", player->ping);
  right_text(pen, left + 184, y, 1, INK_DIM, text);
  int seconds = player->seconds < 0 ? 0 : player->seconds;
  snprintf(text, sizeof text, "%d:%02d", seconds / 60, seconds % 60);
  right_text(pen, left + SCORES_WIDTH - 16, y, 1, INK_DIM, text);
}

static void draw_scores(const struct pen *pen, const struct view *view) {
  int order[VIEW_PLAYERS], count = rank(view, order);
  if (count > SCORES) count = SCORES;
  const int pad = 8, row = 12, left = (RENDER_WIDTH - SCORES_WIDTH) / 2, height = 2 * pad + 18 + row * count;
  const int top = (RENDER_HEIGHT - height) / 2, x = left + pad;
  pen_shade(pen, left, top, SCORES_WIDTH, height, SHADE);
  pen_fill(pen, left, top, SCORES_WIDTH, 1, pen->inks[INK_AMBER]);
  int y = top + pad;
  pen_text(pen, x, y, 1, INK_AMBER, view->intermission ? "Final scores" : "Scores");
  right_text(pen, x + 150, y, 1, INK_DIM, "frags");
  right_text(pen, x + 184, y, 1, INK_DIM, "ping");
  right_text(pen, left + SCORES_WIDTH - pad, y, 1, INK_DIM, "time");
  y += 18;
  for (int i = 0; i < count; i++, y += row) draw_score(pen, view, order[i], x, y);
}

void hud_draw(const struct pen *pen, const struct view *view, const struct hud_figures *figures) {
  bool scores = view->scores || view->intermission;
  if (!view->dead && !scores) draw_crosshair(pen);
  draw_lines(pen, view);
  draw_figures(pen, figures);
  if (!view->intermission) draw_state(pen, view);
  draw_centre(pen, view);
  if (scores) draw_scores(pen, view);
}

/* A look into a round tunnel: rings of stone, darker inwards, with joints like those of bricks. */
static void draw_tunnel(uint8_t pixels[RENDER_HEIGHT][RENDER_WIDTH]) {
  static const int rings[] = {22, 31, 43, 58, 77, 101, 132, 170, 216, 400};
  enum { RINGS = sizeof rings / sizeof *rings, MIDDLE_X = 226, MIDDLE_Y = 104 };
  for (int y = 0; y < RENDER_HEIGHT; y++) {
    for (int x = 0; x < RENDER_WIDTH; x++) {
      int across = x - MIDDLE_X, down = y - MIDDLE_Y, square = across * across + down * down, ring = 0;
      while (ring < RINGS - 1 && square >= rings[ring] * rings[ring]) ring++;
      int inner = ring > 0 ? rings[ring - 1] : 0;
      bool joint = ring > 0 && square < (inner + 1 + ring / 4) * (inner + 1 + ring / 4);
      /* Stones: the sector of the circle, shifted by half a stone in every other ring. */
      int length = across < 0 ? -across : across, height = down < 0 ? -down : down;
      int sector = (length > height ? height * 8 / (length + 1) : 16 - length * 8 / (height + 1)) + (ring & 1);
      int shade = ring == 0 ? 0 : 1 + ring / 2 + ((sector >> 1) * 7 + ring * 5) % 3;
      /* Water at the bottom. */
      if (ring > 0 && down > 14 + ring * 3 && length < down * 2) shade = 1 + ((y ^ x >> 4) & 1) + ring / 4;
      pixels[y][x] = (uint8_t)(2 * 16 + (joint ? shade / 2 : shade));
    }
  }
}

void hud_title(const struct pen *pen, const struct view *view) {
  static uint8_t tunnel[RENDER_HEIGHT][RENDER_WIDTH];
  static bool drawn;
  if (!drawn) draw_tunnel(tunnel);
  drawn = true;
  memcpy(pen->picture->pixels, tunnel, sizeof tunnel);
  pen_text(pen, TITLE_LEFT - 8, 34, 4, INK_PLAIN, "CULVERT");
  pen_text(pen, TITLE_LEFT - 8, 72, 1, INK_DIM, "a QuakeWorld-compatible game");
  pen_text(pen, TITLE_LEFT - 8, 72 + PEN_LINE, 1, INK_DIM, "with its own free data");
  int top = RENDER_HEIGHT - 46;
  pen_shade(pen, 0, top, RENDER_WIDTH, 30, SHADE);
  pen_fill(pen, 0, top, RENDER_WIDTH, 1, pen->inks[INK_AMBER]);
  char text[VIEW_LINE];
  snprintf(text, sizeof text, "%.45s", view->status);
  int x = pen_text(pen, TITLE_LEFT - 8, top + 12, 1, INK_AMBER, text);
  const char *dots = "...";
  if (view->status[0]) pen_text(pen, x, top + 12, 1, INK_AMBER, dots + 3 - (int)(view->now * 2) % 4);
}
