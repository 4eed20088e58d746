/* SPDX-License-Identifier: GPL-2.0-or-later
   Faces with their light on them: texture and lightmap put together once, and kept while light stays as it is. */
#ifndef CULVERT_SURFACE_H
#define CULVERT_SURFACE_H

#include "level.h"
#include "sight.h"

struct surface {
  struct surface **owner;
  size_t size;
  const struct level_texture *texture;
  int width, height;
  int brightness[LEVEL_STYLES];
  _Alignas(16) uint8_t pixels[];
};

/* The face's surface at a mip level; good until the next call. 0 if there is no memory. Counts in sight->counts.lit. */
const struct surface *surface_get(struct sight *sight, struct level_face *face, int mip);

/* What picture of an animated texture is shown. */
const struct level_texture *surface_texture(const struct sight *sight, const struct level_texture *texture);

/* Forgets all, before the faces go. */
void surface_forget(void);

#endif
