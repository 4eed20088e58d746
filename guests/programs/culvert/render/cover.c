/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cover.h"

#include <string.h>

void cover_open(struct cover *cover) {
  for (int row = 0; row < RENDER_HEIGHT; row++) {
    cover->gaps[row][0] = (struct cover_gap){0, RENDER_WIDTH};
    cover->count[row] = 1;
  }
  cover->open_rows = RENDER_HEIGHT;
}

int cover_close(struct cover *cover, int row, int from, int to, struct cover_gap parts[COVER_GAPS]) {
  struct cover_gap *gaps = cover->gaps[row];
  int count = cover->count[row], first = 0, found = 0;
  while (first < count && gaps[first].to <= from) first++;
  int next = first;
  for (; next < count && gaps[next].from < to; next++) {
    parts[found].from = gaps[next].from > from ? gaps[next].from : (int16_t)from;
    parts[found++].to = gaps[next].to < to ? gaps[next].to : (int16_t)to;
  }
  if (found == 0) return 0;

  /* Of the gaps that were met, at most the first's left end and the last's right end stay. */
  struct cover_gap left = {gaps[first].from, (int16_t)from}, right = {(int16_t)to, gaps[next - 1].to};
  int stay_left = left.from < left.to, stay_right = right.from < right.to;
  int stay = stay_left + stay_right;
  if (stay != found) memmove(gaps + first + stay, gaps + next, (size_t)(count - next) * sizeof *gaps);
  if (stay_left) gaps[first] = left;
  if (stay_right) gaps[first + stay_left] = right;
  cover->count[row] = count + stay - found;
  if (cover->count[row] == 0) cover->open_rows--;
  return found;
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
