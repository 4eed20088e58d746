#include "digits.h"

#include "screen.h"

/* Each row of a digit: three squares, the left one is bit 2. */
static const unsigned char digits[10][DIGITS_HEIGHT] = {
    {7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
    {7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 1, 1, 1}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7},
};
static const unsigned char colon[DIGITS_HEIGHT] = {0, 1, 0, 1, 0};

void digits_draw(int row, int column, const char *text) {
  for (; *text; text++) {
    int is_digit = *text >= '0' && *text <= '9';
    const unsigned char *squares = is_digit ? digits[*text - '0'] : colon;
    int width = is_digit ? 3 : 1;
    for (int y = 0; y < DIGITS_HEIGHT; y++) {
      for (int x = 0; x < width; x++) {
        if (squares[y] >> (width - 1 - x) & 1) screen_put(row + y, column + 2 * x, INK_BLOCK, "  ");
      }
    }
    column += 2 * width + 2;
  }
}
