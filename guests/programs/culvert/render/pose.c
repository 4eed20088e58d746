/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "figure.h"

enum {
  STEP = 16,
  /* As on walls: 128 is light that shows a colour as it is. */
  PLAIN = 264,
  DARKEST = (SIGHT_LEVELS - 1) << 8,
  BRIGHTEST = 64,
};
/* Nearer than this, triangles are left out. */
#define NEAREST 4.0f
/* How much nearer one corner may be than another for a triangle to look flat. */
#define FLAT 1.06f

/* A vertex on the screen. */
struct dot {
  float x, y, near;
  bool shown;
};

/* Rows that turn a model's axes into what is seen: scaled vertices, then the origin. */
struct turning {
  float rows[3][3], origin[3];
  /* Where light comes from, as the model's normals are reckoned. */
  float light[3];
};

static void axes_of(const float angles[3], float axes[3][3]) {
  const float degree = (float)M_PI / 180;
  float pitch = angles[0] * degree, yaw = angles[1] * degree, roll = angles[2] * degree;
  float sp = sinf(pitch), cp = cosf(pitch), sy = sinf(yaw), cy = cosf(yaw), sr = sinf(roll), cr = cosf(roll);
  /* Forward, left, up. */
  axes[0][0] = cp * cy;
  axes[0][1] = cp * sy;
  axes[0][2] = -sp;
  axes[1][0] = sr * sp * cy - cr * sy;
  axes[1][1] = sr * sp * sy + cr * cy;
  axes[1][2] = sr * cp;
  axes[2][0] = cr * sp * cy + sr * sy;
  axes[2][1] = cr * sp * sy - sr * cy;
  axes[2][2] = cr * cp;
}

static void turn(const struct sight *sight, const struct figure *figure, const struct figure_pose *pose,
                 struct turning *turning) {
  float axes[3][3];
  axes_of(pose->angles, axes);
  const float *seen[3] = {sight->right, sight->up, sight->forward};
  float away[3];
  for (int i = 0; i < 3; i++) away[i] = pose->origin[i] - sight->eye[i];
  for (int row = 0; row < 3; row++) {
    turning->origin[row] = sight_product(away, seen[row]);
    for (int axis = 0; axis < 3; axis++) {
      float part = sight_product(axes[axis], seen[row]);
      turning->rows[row][axis] = part * figure->scale[axis];
      turning->origin[row] += part * figure->origin[axis];
    }
  }
  /* Light falls from above, a little from one side, whichever way the model looks. */
  const float falling[3] = {0.32f, 0.36f, 0.88f};
  for (int axis = 0; axis < 3; axis++) turning->light[axis] = sight_product(axes[axis], falling) / 127;
}

static void place(const struct figure_vertex *vertex, const struct turning *turning, bool in_hand, struct dot *dot) {
  const float at[3] = {vertex->at[0], vertex->at[1], vertex->at[2]};
  float far = sight_product(at, turning->rows[2]) + turning->origin[2];
  dot->shown = far >= (in_hand ? SIGHT_NEAREST : NEAREST);
  if (!dot->shown) return;
  dot->near = 1 / far;
  dot->x = SIGHT_CENTRE_X + (sight_product(at, turning->rows[0]) + turning->origin[0]) * dot->near * SIGHT_FOCAL;
  dot->y = SIGHT_CENTRE_Y - (sight_product(at, turning->rows[1]) + turning->origin[1]) * dot->near * SIGHT_FOCAL;
}

/* The row of the colour map for a triangle. */
static int level_of(const struct figure_normal *normal, const struct turning *turning, int light) {
  const float way[3] = {normal->way[0], normal->way[1], normal->way[2]};
  float lit = sight_product(way, turning->light);
  float level = (255 * 256 - (float)(light * PLAIN) * (0.85f + 0.35f * lit)) / 4;
  return level < BRIGHTEST ? BRIGHTEST : level > DARKEST ? DARKEST : (int)level;
}

/* What changes evenly over a triangle: at its first corner, a pixel to the right, a pixel down. */
struct slope {
  float start, across, down;
};

struct triangle {
  const struct dot *corners[3];
  float scale;
  struct slope near, s, t;
  /* So flat, as seen, that texture coordinates change evenly; s and t are they, in 1/65536. Else they are times `near`. */
  bool flat;
};

static void slope_of(const struct triangle *triangle, float a, float b, float c, struct slope *slope) {
  const struct dot *const *at = triangle->corners;
  float ab = b - a, ac = c - a;
  slope->start = a;
  slope->across = (ab * (at[2]->y - at[0]->y) - ac * (at[1]->y - at[0]->y)) * triangle->scale;
  slope->down = (ac * (at[1]->x - at[0]->x) - ab * (at[2]->x - at[0]->x)) * triangle->scale;
}

static inline float slope_at(const struct triangle *triangle, const struct slope *slope, int column, int row) {
  return slope->start + slope->across * ((float)column + 0.5f - triangle->corners[0]->x) +
         slope->down * ((float)row + 0.5f - triangle->corners[0]->y);
}

static inline int clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

static inline int whole(float value) { return value >= 1e9f ? 1000000000 : value > -1e9f ? (int)value : -1000000000; }

/* What a triangle is painted with. */
struct paint {
  const uint8_t *skin, *dress;
  int width, height;
  const uint8_t *shades;
};

/* A pixel, unless something nearer is there. */
SIGHT_INLINE void put(const struct paint *paint, uint8_t *target, int32_t *depth, int32_t deep, int texel) {
  if (deep < *depth) return;
  uint8_t colour = paint->skin[texel];
  if (paint->dress) colour = paint->dress[colour];
  *target = paint->shades[colour];
  *depth = deep;
}

SIGHT_INLINE void fill_flat_row(struct sight *sight, const struct triangle *triangle, const struct paint *paint, int row, int from,
                          int to, float near) {
  uint8_t *target = sight->picture->pixels[row];
  int32_t *depth = sight->depth[row];
  int s_most = (paint->width << 16) - 1, t_most = (paint->height << 16) - 1;
  unsigned s = (unsigned)whole(slope_at(triangle, &triangle->s, from, row)), s_step = (unsigned)whole(triangle->s.across);
  unsigned t = (unsigned)whole(slope_at(triangle, &triangle->t, from, row)), t_step = (unsigned)whole(triangle->t.across);
  unsigned deep = (unsigned)whole(near * SIGHT_DEPTH), deep_step = (unsigned)whole(triangle->near.across * SIGHT_DEPTH);
  for (int column = from; column < to; column++) {
    int x = clamp((int)s, 0, s_most) >> 16, y = clamp((int)t, 0, t_most) >> 16;
    put(paint, target + column, depth + column, (int32_t)deep, y * paint->width + x);
    deep += deep_step;
    s += s_step;
    t += t_step;
  }
}

SIGHT_INLINE void fill_row(struct sight *sight, const struct triangle *triangle, const struct paint *paint, int row, int from,
                     int to) {
  uint8_t *target = sight->picture->pixels[row];
  int32_t *depth = sight->depth[row];
  int s_most = (paint->width << 16) - STEP, t_most = (paint->height << 16) - STEP;
  float near = slope_at(triangle, &triangle->near, from, row);
  if (triangle->flat) {
    fill_flat_row(sight, triangle, paint, row, from, to, near);
    return;
  }
  float far = near > 1e-6f ? 65536 / near : 0;
  int s = clamp(whole(slope_at(triangle, &triangle->s, from, row) * far), STEP, s_most);
  int t = clamp(whole(slope_at(triangle, &triangle->t, from, row) * far), STEP, t_most);
  for (int column = from; column < to;) {
    int count = to - column < STEP ? to - column : STEP;
    unsigned deep = (unsigned)whole(near * SIGHT_DEPTH), deep_step = (unsigned)whole(triangle->near.across * SIGHT_DEPTH);
    near = slope_at(triangle, &triangle->near, column + count, row);
    far = near > 1e-6f ? 65536 / near : 0;
    int s_next = clamp(whole(slope_at(triangle, &triangle->s, column + count, row) * far), STEP, s_most);
    int t_next = clamp(whole(slope_at(triangle, &triangle->t, column + count, row) * far), STEP, t_most);
    int s_step = (s_next - s) / count, t_step = (t_next - t) / count;
    for (int i = 0; i < count; i++, column++) {
      put(paint, target + column, depth + column, (int32_t)deep, (t >> 16) * paint->width + (s >> 16));
      deep += deep_step;
      s += s_step;
      t += t_step;
    }
    s = s_next;
    t = t_next;
  }
}

/* The first row or column whose middle is not before a point. */
static inline int first(float at, int most) { return at <= 0 ? 0 : at >= (float)most ? most : (int)(at + 0.5f); }

/* Where an edge crosses a row's middle. */
static inline float edge_at(const struct dot *from, const struct dot *to, int row) {
  return from->x + ((float)row + 0.5f - from->y) * (to->x - from->x) / (to->y - from->y);
}

SIGHT_OWN_PAGE static void fill(struct sight *sight, const struct triangle *triangle, const struct paint *paint) {
  const struct dot *top = triangle->corners[0], *middle = triangle->corners[1], *bottom = triangle->corners[2];
  const struct dot *swap;
  if (middle->y < top->y) swap = top, top = middle, middle = swap;
  if (bottom->y < middle->y) swap = middle, middle = bottom, bottom = swap;
  if (middle->y < top->y) swap = top, top = middle, middle = swap;
  int end = first(bottom->y, RENDER_HEIGHT), turn = first(middle->y, RENDER_HEIGHT);
  for (int row = first(top->y, RENDER_HEIGHT); row < end; row++) {
    float one = edge_at(top, bottom, row);
    float other = row < turn ? edge_at(top, middle, row) : edge_at(middle, bottom, row);
    int from = first(one < other ? one : other, RENDER_WIDTH), to = first(one < other ? other : one, RENDER_WIDTH);
    if (from < to) fill_row(sight, triangle, paint, row, from, to);
  }
}

static void draw_triangle(struct sight *sight, const struct figure_triangle *source, const struct dot *dots,
                          const struct paint *paint) {
  const struct dot *a = &dots[source->corners[0]], *b = &dots[source->corners[1]], *c = &dots[source->corners[2]];
  if (!a->shown || !b->shown || !c->shown) return;
  float area = (b->x - a->x) * (c->y - a->y) - (c->x - a->x) * (b->y - a->y);
  /* The other way round one looks at its back. */
  if (!(area > 1e-3f)) return;
  sight->counts.polygons++;
  struct triangle triangle = {.corners = {a, b, c}, .scale = 1 / area};
  slope_of(&triangle, a->near, b->near, c->near, &triangle.near);
  float nearest = a->near > b->near ? a->near : b->near, farthest = a->near > b->near ? b->near : a->near;
  nearest = nearest > c->near ? nearest : c->near;
  farthest = farthest < c->near ? farthest : c->near;
  triangle.flat = nearest < farthest * FLAT;
  float x = triangle.flat ? 65536 : a->near, y = triangle.flat ? 65536 : b->near, z = triangle.flat ? 65536 : c->near;
  slope_of(&triangle, (float)source->s[0] * x, (float)source->s[1] * y, (float)source->s[2] * z, &triangle.s);
  slope_of(&triangle, (float)source->t[0] * x, (float)source->t[1] * y, (float)source->t[2] * z, &triangle.t);
  fill(sight, &triangle, paint);
}

void figure_draw(struct sight *sight, const struct figure *figure, const struct figure_pose *pose) {
  static struct dot dots[FIGURE_VERTICES];
  struct turning turning;
  turn(sight, figure, pose, &turning);
  int frame = clamp(pose->frame, 0, figure->frame_count - 1), skin = clamp(pose->skin, 0, figure->skin_count - 1);
  const struct figure_vertex *vertices = figure->vertices + (size_t)frame * (size_t)figure->vertex_count;
  for (int i = 0; i < figure->vertex_count; i++) place(&vertices[i], &turning, pose->in_hand, &dots[i]);
  const struct figure_normal *normals = figure->normals + (size_t)frame * (size_t)figure->triangle_count;
  struct paint paint = {figure->skins[skin], pose->dress, figure->skin_width, figure->skin_height, 0};
  for (int i = 0; i < figure->triangle_count; i++) {
    paint.shades = sight->colormap + (level_of(&normals[i], &turning, pose->light) & 0x3F00);
    draw_triangle(sight, &figure->triangles[i], dots, &paint);
  }
  sight->counts.models++;
}
