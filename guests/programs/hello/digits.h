/* The clock's large digits: 3 x 5 squares of 2 x 1 cells. */
#ifndef TERRA_DIGITS_H
#define TERRA_DIGITS_H

enum { DIGITS_HEIGHT = 5 };

/* Draws digits and colons, top left cell at row and column. */
void digits_draw(int row, int column, const char *text);

#endif
