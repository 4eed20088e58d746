/* SPDX-License-Identifier: GPL-2.0-or-later
   Which pixels are still open, row by row. What is drawn nearest first closes them, so no pixel of the map is drawn twice. */
#ifndef CULVERT_COVER_H
#define CULVERT_COVER_H

#include "../render.h"

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
int cover_close(struct cover *cover, int row, int from, int to, struct cover_gap parts[COVER_GAPS]);

/* Whether anything within these columns and rows is still open. */
bool cover_has_gap(const struct cover *cover, int left, int top, int right, int bottom);

#endif
