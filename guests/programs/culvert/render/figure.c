/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "figure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  IDENT = 'I' | 'D' << 8 | 'P' << 16 | 'O' << 24,
  VERSION = 6,
  HEADER = 84,
  CORNER_SIZE = 12,
  TRIANGLE_SIZE = 16,
  FRAME_HEADER = 24,
  GROUP_BOX = 8,
  SKIN_SIDE = 1024,
  SKINS = 64,
  FRAMES = 1024,
  GROUPED = 64,
};

struct reading {
  struct bytes rest;
  char *why;
  size_t why_size;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct reading *reading, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reading->why, reading->why_size, format, arguments);
  va_end(arguments);
  return false;
}

/* The next `size` bytes, or 0. */
static const uint8_t *take(struct reading *reading, size_t size) {
  if (size > reading->rest.size) {
    wrong(reading, "it ends too early");
    return 0;
  }
  const uint8_t *taken = reading->rest.at;
  reading->rest.at += size;
  reading->rest.size -= size;
  return taken;
}

/* How many pictures or frames come next: one, or a group with its times. 0 if that cannot be. */
static int take_group(struct reading *reading, size_t box) {
  const uint8_t *kind = take(reading, 4);
  if (!kind) return 0;
  if (bytes_u32(kind) == 0) return 1;
  const uint8_t *number = take(reading, 4);
  uint32_t count = number ? bytes_u32(number) : 0;
  if (count == 0 || count > GROUPED) {
    wrong(reading, "a group of %u", count);
    return 0;
  }
  return take(reading, box + 4 * count) ? (int)count : 0;
}

static bool read_skins(struct reading *reading, struct figure *figure) {
  size_t size = (size_t)figure->skin_width * (size_t)figure->skin_height;
  figure->skins = calloc((size_t)figure->skin_count, sizeof *figure->skins);
  if (!figure->skins) return wrong(reading, "no memory");
  for (int i = 0; i < figure->skin_count; i++) {
    int count = take_group(reading, 0);
    const uint8_t *pixels = count > 0 ? take(reading, size * (size_t)count) : 0;
    if (!pixels) return false;
    figure->skins[i] = pixels;
  }
  return true;
}

static bool read_triangles(struct reading *reading, struct figure *figure) {
  const uint8_t *corners = take(reading, (size_t)figure->vertex_count * CORNER_SIZE);
  const uint8_t *triangles = take(reading, (size_t)figure->triangle_count * TRIANGLE_SIZE);
  if (!corners || !triangles) return false;
  figure->triangles = calloc((size_t)figure->triangle_count, sizeof *figure->triangles);
  if (!figure->triangles) return wrong(reading, "no memory");
  for (int i = 0; i < figure->triangle_count; i++, triangles += TRIANGLE_SIZE) {
    struct figure_triangle *triangle = &figure->triangles[i];
    bool front = bytes_u32(triangles) != 0;
    for (int corner = 0; corner < 3; corner++) {
      uint32_t vertex = bytes_u32(triangles + 4 + 4 * corner);
      if (vertex >= (uint32_t)figure->vertex_count) return wrong(reading, "there is no vertex %u", vertex);
      const uint8_t *at = corners + vertex * CORNER_SIZE;
      int64_t s = bytes_s32(at + 4), t = bytes_s32(at + 8);
      /* Corners on the seam lie in the skin's other half for triangles of the back. */
      if (!front && bytes_u32(at) != 0) s += figure->skin_width / 2;
      if (s < 0 || t < 0 || s > figure->skin_width || t > figure->skin_height)
        return wrong(reading, "vertex %u lies outside the skin", vertex);
      triangle->corners[corner] = (uint16_t)vertex;
      triangle->s[corner] = (int16_t)s;
      triangle->t[corner] = (int16_t)t;
    }
  }
  return true;
}

static float length(const float vector[3]) {
  float square = sight_product(vector, vector), root;
  __asm__("sqrtss %1, %0" : "=x"(root) : "x"(square));
  return root;
}

static void cross(const float a[3], const float b[3], float result[3]) {
  result[0] = a[1] * b[2] - a[2] * b[1];
  result[1] = a[2] * b[0] - a[0] * b[2];
  result[2] = a[0] * b[1] - a[1] * b[0];
}

/* The file's own normals are numbers of a table elsewhere, and of vertices; figures are shaded triangle by triangle. */
static void find_normals(const struct figure *figure, const struct figure_vertex *vertices, struct figure_normal *normals) {
  for (int i = 0; i < figure->triangle_count; i++) {
    const uint16_t *corners = figure->triangles[i].corners;
    float edges[2][3], normal[3];
    for (int axis = 0; axis < 3; axis++) {
      float middle = (float)vertices[corners[1]].at[axis];
      edges[0][axis] = ((float)vertices[corners[0]].at[axis] - middle) * figure->scale[axis];
      edges[1][axis] = ((float)vertices[corners[2]].at[axis] - middle) * figure->scale[axis];
    }
    cross(edges[0], edges[1], normal);
    float size = length(normal);
    for (int axis = 0; axis < 3; axis++) normals[i].way[axis] = size > 1e-6f ? (int8_t)(127 * normal[axis] / size) : 0;
  }
}

/* Of a group, the first frame stands for all. */
static bool read_frames(struct reading *reading, struct figure *figure) {
  size_t frames = (size_t)figure->frame_count, vertices = (size_t)figure->vertex_count;
  size_t size = FRAME_HEADER + 4 * vertices, triangles = (size_t)figure->triangle_count;
  /* Else a small file could ask for a lot of memory. */
  if (frames * size > reading->rest.size) return wrong(reading, "it ends too early");
  figure->vertices = calloc(frames * vertices, sizeof *figure->vertices);
  figure->normals = calloc(frames * triangles, sizeof *figure->normals);
  if (!figure->vertices || !figure->normals) return wrong(reading, "no memory");
  for (size_t frame = 0; frame < frames; frame++) {
    int count = take_group(reading, GROUP_BOX);
    const uint8_t *at = count > 0 ? take(reading, size * (size_t)count) : 0;
    if (!at) return false;
    struct figure_vertex *to = figure->vertices + frame * vertices;
    for (size_t i = 0; i < vertices; i++) memcpy(to[i].at, at + FRAME_HEADER + 4 * i, sizeof to[i].at);
    find_normals(figure, to, figure->normals + frame * triangles);
  }
  return true;
}

static bool in_range(struct reading *reading, const char *what, uint32_t value, uint32_t most, int *result) {
  if (value == 0 || value > most) return wrong(reading, "%u %s; 1 to %u would do", value, what, most);
  *result = (int)value;
  return true;
}

static bool read_figure(struct reading *reading, struct figure *figure) {
  const uint8_t *header = take(reading, HEADER);
  if (!header) return false;
  if (bytes_u32(header) != IDENT || bytes_u32(header + 4) != VERSION) return wrong(reading, "it is no model of version 6");
  if (!bytes_vector(header + 8, figure->scale) || !bytes_vector(header + 20, figure->origin))
    return wrong(reading, "its size is out of all bounds");
  bool good = in_range(reading, "skins", bytes_u32(header + 48), SKINS, &figure->skin_count) &&
              in_range(reading, "columns of a skin", bytes_u32(header + 52), SKIN_SIDE, &figure->skin_width) &&
              in_range(reading, "rows of a skin", bytes_u32(header + 56), SKIN_SIDE, &figure->skin_height) &&
              in_range(reading, "vertices", bytes_u32(header + 60), FIGURE_VERTICES, &figure->vertex_count) &&
              in_range(reading, "triangles", bytes_u32(header + 64), FIGURE_TRIANGLES, &figure->triangle_count) &&
              in_range(reading, "frames", bytes_u32(header + 68), FRAMES, &figure->frame_count);
  if (!good) return false;
  float reach[3];
  for (int axis = 0; axis < 3; axis++) {
    float low = figure->origin[axis], high = low + 255 * figure->scale[axis];
    low = low < 0 ? -low : low;
    high = high < 0 ? -high : high;
    reach[axis] = low > high ? low : high;
  }
  figure->radius = length(reach);
  return read_skins(reading, figure) && read_triangles(reading, figure) && read_frames(reading, figure);
}

struct figure *figure_load(uint8_t *file, size_t size, char *why, size_t why_size) {
  struct reading reading = {{file, size}, why, why_size};
  struct figure *figure = calloc(1, sizeof *figure);
  if (figure) figure->file = file;
  if (figure && read_figure(&reading, figure)) return figure;
  if (!figure) {
    wrong(&reading, "no memory");
    free(file);
  }
  figure_free(figure);
  return 0;
}

void figure_free(struct figure *figure) {
  if (!figure) return;
  free(figure->file);
  free(figure->skins);
  free(figure->triangles);
  free(figure->vertices);
  free(figure->normals);
  free(figure);
}
