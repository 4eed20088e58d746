/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sparks.h"

enum {
  WIDEST = 3,
  /* Colours that shine by themselves, from dark to bright. */
  FLAME = 224,
  FLAMES = 16,
};

/* How each kind of burst flies: how many pieces, how fast (units a second), for how long, and what pulls them down. */
struct flight {
  int pieces;
  float speed, seconds, pull, size;
  /* Colours at the beginning and at the end. */
  uint8_t fresh, burnt;
};

static const struct flight flights[] = {
    [BURST_SPARK] = {14, 110, 0.4f, 350, 0.9f, FLAME + 14, FLAME + 2},
    [BURST_BLOOD] = {22, 90, 0.6f, 400, 1.3f, 64 + 9, 64 + 3},
    [BURST_EXPLOSION] = {90, 190, 0.7f, 120, 2.6f, FLAME + 15, FLAME},
};

enum { FLIGHTS = sizeof flights / sizeof *flights };

static const struct flight *flight_of(const struct sight *sight, const struct view_burst *burst, float *age) {
  if ((unsigned)burst->kind >= FLIGHTS) return 0;
  const struct flight *flight = &flights[burst->kind];
  *age = (float)(sight->view->now - burst->since);
  return *age >= 0 && *age < flight->seconds ? flight : 0;
}

static int count_of(int count, int most) { return count < 0 ? 0 : count > most ? most : count; }

/* A line on the screen, cut off where it leaves what one sees. */
struct line {
  float x, y, near, to_x, to_y, to_near;
};

/* Cuts a line off where `at` and `to`, distances from some border, are negative. False if nothing is left. */
static bool cut(float from[3], float to[3], float at, float to_at) {
  if (at < 0 && to_at < 0) return false;
  float *outer = at < 0 ? from : to;
  const float *inner = at < 0 ? to : from;
  if (at >= 0 && to_at >= 0) return true;
  float share = (at < 0 ? to_at : at) / (at < 0 ? to_at - at : at - to_at);
  for (int axis = 0; axis < 3; axis++) outer[axis] = inner[axis] + (outer[axis] - inner[axis]) * share;
  return true;
}

static bool line_of(const struct sight *sight, const struct view_beam *beam, struct line *line) {
  float from[3], to[3];
  if (beam->until <= sight->view->now) return false;
  sight_see(sight, beam->from, from);
  sight_see(sight, beam->to, to);
  const float across = (float)SIGHT_CENTRE_X / SIGHT_FOCAL, upward = (float)SIGHT_CENTRE_Y / SIGHT_FOCAL;
  bool seen = cut(from, to, from[2] - 2, to[2] - 2) && cut(from, to, from[2] * across + from[0], to[2] * across + to[0]) &&
              cut(from, to, from[2] * across - from[0], to[2] * across - to[0]) &&
              cut(from, to, from[2] * upward + from[1], to[2] * upward + to[1]) &&
              cut(from, to, from[2] * upward - from[1], to[2] * upward - to[1]);
  if (!seen || !(from[2] > 1) || !(to[2] > 1)) return false;
  line->near = 1 / from[2];
  line->to_near = 1 / to[2];
  line->x = SIGHT_CENTRE_X + from[0] * line->near * SIGHT_FOCAL;
  line->y = SIGHT_CENTRE_Y - from[1] * line->near * SIGHT_FOCAL;
  line->to_x = SIGHT_CENTRE_X + to[0] * line->to_near * SIGHT_FOCAL;
  line->to_y = SIGHT_CENTRE_Y - to[1] * line->to_near * SIGHT_FOCAL;
  return true;
}

/* A square with its middle at a pixel, where nothing nearer is. */
static void dab(struct sight *sight, float x, float y, float near, float size, uint8_t colour) {
  int side = (int)(size * near * SIGHT_FOCAL + 0.5f);
  side = side < 1 ? 1 : side > WIDEST ? WIDEST : side;
  int left = (int)x - side / 2, top = (int)y - side / 2;
  int32_t deep = (int32_t)(near * SIGHT_DEPTH);
  for (int row = top < 0 ? 0 : top; row < top + side && row < RENDER_HEIGHT; row++) {
    int from = left < sight->depth_from[row] ? sight->depth_from[row] : left;
    int to = left + side > sight->depth_to[row] ? sight->depth_to[row] : left + side;
    for (int column = from; column < to; column++) {
      if (deep >= sight->depth[row][column]) sight->picture->pixels[row][column] = colour;
    }
  }
}

static int steps_of(const struct line *line) {
  float across = line->to_x - line->x, down = line->to_y - line->y;
  across = across < 0 ? -across : across;
  down = down < 0 ? -down : down;
  return (int)(across > down ? across : down) + 1;
}

static void want_line(struct sight *sight, const struct line *line) {
  int steps = steps_of(line);
  for (int i = 0; i <= steps; i++) {
    float share = (float)i / (float)steps;
    int x = (int)(line->x + (line->to_x - line->x) * share), y = (int)(line->y + (line->to_y - line->y) * share);
    for (int row = y - WIDEST < 0 ? 0 : y - WIDEST; row <= y + WIDEST && row < RENDER_HEIGHT; row++) {
      int from = x - WIDEST < 0 ? 0 : x - WIDEST, to = x + WIDEST > RENDER_WIDTH ? RENDER_WIDTH : x + WIDEST;
      if (from < sight->depth_from[row]) sight->depth_from[row] = from;
      if (to > sight->depth_to[row]) sight->depth_to[row] = to;
    }
  }
}

static void draw_line(struct sight *sight, const struct line *line, float left) {
  int steps = steps_of(line);
  int bright = FLAMES - 2 - (left < 0.1f ? (int)((0.1f - left) * 80) : 0);
  for (int i = 0; i <= steps; i++) {
    float share = (float)i / (float)steps;
    /* One through the distance changes evenly along the screen. */
    float near = line->near + (line->to_near - line->near) * share;
    /* Brighter towards its end, as if it flew there. */
    int colour = bright - 6 + (int)(6 * share);
    dab(sight, line->x + (line->to_x - line->x) * share, line->y + (line->to_y - line->y) * share, near, 1.1f,
        (uint8_t)(FLAME + (colour < 2 ? 2 : colour)));
  }
}

/* A number of its own for each piece of each burst, always the same: 0 to 65535. */
static unsigned scatter(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

static void draw_burst(struct sight *sight, const struct view_burst *burst) {
  float age;
  const struct flight *flight = flight_of(sight, burst, &age);
  if (!flight) return;
  unsigned state = (unsigned)(int)burst->origin[0] * 7919u + (unsigned)(int)burst->origin[1] * 104729u +
                   (unsigned)(int)(burst->since * 1000);
  float share = age / flight->seconds;
  for (int i = 0; i < flight->pieces; i++) {
    float point[3], seen[3];
    float quick = 0.3f + 0.7f * (float)scatter(&state) / 65536;
    for (int axis = 0; axis < 3; axis++) {
      float way = ((float)scatter(&state) / 32768 - 1) * flight->speed * quick;
      point[axis] = burst->origin[axis] + way * age;
    }
    point[2] -= flight->pull * age * age / 2;
    sight_see(sight, point, seen);
    if (seen[2] < 4) continue;
    float near = 1 / seen[2];
    float x = SIGHT_CENTRE_X + seen[0] * near * SIGHT_FOCAL, y = SIGHT_CENTRE_Y - seen[1] * near * SIGHT_FOCAL;
    if (!(x >= -WIDEST && x < RENDER_WIDTH + WIDEST && y >= -WIDEST && y < RENDER_HEIGHT + WIDEST)) continue;
    int colour = flight->fresh + (int)((float)(flight->burnt - flight->fresh) * share);
    dab(sight, x, y, near, flight->size * (1.2f - share), (uint8_t)colour);
  }
}

void sparks_want_depth(struct sight *sight) {
  const struct view *view = sight->view;
  struct line line;
  float age;
  for (int i = 0; i < count_of(view->beam_count, VIEW_BEAMS); i++) {
    if (line_of(sight, &view->beams[i], &line)) want_line(sight, &line);
  }
  for (int i = 0; i < count_of(view->burst_count, VIEW_PARTICLES); i++) {
    const struct flight *flight = flight_of(sight, &view->bursts[i], &age);
    if (flight) sight_want_depth(sight, view->bursts[i].origin, flight->speed * age * 1.8f + flight->pull * age * age / 2 + 4);
  }
}

void sparks_draw(struct sight *sight) {
  const struct view *view = sight->view;
  struct line line;
  for (int i = 0; i < count_of(view->beam_count, VIEW_BEAMS); i++) {
    if (line_of(sight, &view->beams[i], &line)) draw_line(sight, &line, (float)(view->beams[i].until - view->now));
  }
  for (int i = 0; i < count_of(view->burst_count, VIEW_PARTICLES); i++) draw_burst(sight, &view->bursts[i]);
}
