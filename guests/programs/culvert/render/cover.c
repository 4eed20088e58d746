/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cover.h"

void cover_open(struct cover *cover) {
  for (int row = 0; row < RENDER_HEIGHT; row++) {
    cover->gaps[row][0] = (struct cover_gap){0, RENDER_WIDTH};
    cover->count[row] = 1;
  }
  cover->open_rows = RENDER_HEIGHT;
}

bool cover_has_gap(const struct cover *cover, int left, int top, int right, int bottom) {
  for (int row = top; row < bottom; row++) {
    const struct cover_gap *gaps = cover->gaps[row];
    for (int i = 0; i < cover->count[row] && gaps[i].from < right; i++) {
      if (gaps[i].to > left) return true;
    }
  }
  return false;
}
