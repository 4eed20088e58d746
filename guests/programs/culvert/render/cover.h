/* SPDX-License-Identifier: GPL-2.0-or-later
   Which pixels are still open, row by row. What is drawn nearest first closes them, so no pixel of the map is drawn twice. */
#ifndef CULVERT_COVER_H
#define CULVERT_COVER_H

#include "sight.h"

enum { COVER_GAPS = RENDER_WIDTH / 2 + 1 };

/* Columns from `from` up to, not including, `to`. */
struct cover_gap {
  int16_t from, to;
};

struct cover {
  struct cover_gap gaps[RENDER_HEIGHT][COVER_GAPS];
  int count[RENDER_HEIGHT];
  /* Rows that have gaps. */
  int open_rows;
};

void cover_open(struct cover *cover);

/* Closes columns of a row, which may lie outside the picture; what of them was open comes into `parts`. Returns how many parts. */
SIGHT_INLINE int cover_close(struct cover *cover, int row, int from, int to, struct cover_gap parts[COVER_GAPS]) {
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
  /* Moved by hand: a row seldom has more than a few. */
  if (stay < found) {
    for (int i = next; i < count; i++) gaps[i + stay - found] = gaps[i];
  } else if (stay > found) {
    for (int i = count - 1; i >= next; i--) gaps[i + 1] = gaps[i];
  }
  if (stay_left) gaps[first] = left;
  if (stay_right) gaps[first + stay_left] = right;
  cover->count[row] = count + stay - found;
  if (cover->count[row] == 0) cover->open_rows--;
  return found;
}

/* Whether anything within these columns and rows is still open. */
bool cover_has_gap(const struct cover *cover, int left, int top, int right, int bottom);

#endif
