/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sight.h"

static int clamp(float value, int most) {
  return value <= 0 ? 0 : value >= (float)most ? most : (int)value;
}

bool sight_want_depth(struct sight *sight, const float centre[3], float radius) {
  float seen[3];
  sight_see(sight, centre, seen);
  if (seen[2] + radius < SIGHT_NEAREST) return false;
  int left = 0, right = RENDER_WIDTH, top = 0, bottom = RENDER_HEIGHT;
  float near = seen[2] - radius;
  if (near > SIGHT_NEAREST) {
    /* The nearer the ball's points are, the larger they look: its nearest ones bound it, generously. */
    float scale = SIGHT_FOCAL / near;
    float least = (seen[0] - radius) * ((seen[0] - radius) < 0 ? scale : SIGHT_FOCAL / (seen[2] + radius));
    float most = (seen[0] + radius) * ((seen[0] + radius) > 0 ? scale : SIGHT_FOCAL / (seen[2] + radius));
    float high = (seen[1] + radius) * ((seen[1] + radius) > 0 ? scale : SIGHT_FOCAL / (seen[2] + radius));
    float low = (seen[1] - radius) * ((seen[1] - radius) < 0 ? scale : SIGHT_FOCAL / (seen[2] + radius));
    left = clamp(SIGHT_CENTRE_X + least - 1, RENDER_WIDTH);
    right = clamp(SIGHT_CENTRE_X + most + 2, RENDER_WIDTH);
    top = clamp(SIGHT_CENTRE_Y - high - 1, RENDER_HEIGHT);
    bottom = clamp(SIGHT_CENTRE_Y - low + 2, RENDER_HEIGHT);
  }
  if (left >= right || top >= bottom) return false;
  for (int row = top; row < bottom; row++) {
    if (left < sight->depth_from[row]) sight->depth_from[row] = left;
    if (right > sight->depth_to[row]) sight->depth_to[row] = right;
  }
  return true;
}

void sight_want_all_depths(struct sight *sight) {
  for (int row = 0; row < RENDER_HEIGHT; row++) {
    sight->depth_from[row] = 0;
    sight->depth_to[row] = RENDER_WIDTH;
  }
}
