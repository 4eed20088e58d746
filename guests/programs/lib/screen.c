#define _GNU_SOURCE
#include "screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "keyboard.h"

/* linux/kd.h: the keyboard's keys do nothing at all on this terminal, not even those that print kernel tables. */
enum { KDSKBMODE = 0x4B45, K_OFF = 4 };

enum { RULE = 0x80 };

struct cell {
  unsigned char glyph;
  unsigned char ink;
};

static struct cell wanted[SCREEN_ROWS][SCREEN_COLUMNS];
static struct cell shown[SCREEN_ROWS][SCREEN_COLUMNS];

/* ANSI attributes: grey, dark grey, white, and black on grey. */
static const char *const attributes[] = {"\x1b[0m", "\x1b[0;1;30m", "\x1b[0;1;37m", "\x1b[0;30;47m"};

/* Enough for a whole screen in which each cell is moved to and has another ink than the last. */
static char output[SCREEN_ROWS * SCREEN_COLUMNS * 24];
static size_t used;

static void emit(const char *text) {
  size_t length = strlen(text);
  memcpy(output + used, text, length);
  used += length;
}

static int flush(void) {
  size_t sent = 0;
  while (sent < used) {
    ssize_t count = write(STDOUT_FILENO, output + sent, used - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    sent += (size_t)count;
  }
  used = 0;
  return 0;
}

static void blank(struct cell cells[SCREEN_ROWS][SCREEN_COLUMNS]) {
  for (int row = 0; row < SCREEN_ROWS; row++) {
    for (int column = 0; column < SCREEN_COLUMNS; column++) cells[row][column] = (struct cell){' ', INK_PLAIN};
  }
}

static void take_terminal(void) {
  struct termios mode;
  if (tcgetattr(STDIN_FILENO, &mode) == 0) {
    cfmakeraw(&mode);
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
  }
  blank(shown);
  /* UTF-8, no wrap at the right edge (the last cell would scroll), no cursor, all blank. */
  emit("\x1b%G\x1b[?7l\x1b[?25l\x1b[0m\x1b[2J");
}

void screen_open(void) {
  take_terminal();
  ioctl(STDIN_FILENO, KDSKBMODE, K_OFF); /* fails where there is no virtual terminal, as in a test */
}

void screen_open_typed(void) {
  take_terminal();
  keyboard_disarm(STDIN_FILENO);
}

void screen_clear(void) { blank(wanted); }

void screen_put(int row, int column, enum ink ink, const char *text) {
  for (; *text && column < SCREEN_COLUMNS; text++, column++) {
    unsigned char glyph = *text >= 0x20 && *text <= 0x7e ? (unsigned char)*text : '?';
    wanted[row][column] = (struct cell){glyph, (unsigned char)ink};
  }
}

void screen_rule(int row, int column, int length) {
  for (; length > 0 && column < SCREEN_COLUMNS; length--, column++) {
    wanted[row][column] = (struct cell){RULE, INK_FAINT};
  }
}

int screen_show(void) {
  int ink = -1;
  for (int row = 0; row < SCREEN_ROWS; row++) {
    int at = -1; /* the column where the terminal would write next */
    for (int column = 0; column < SCREEN_COLUMNS; column++) {
      struct cell cell = wanted[row][column];
      if (memcmp(&cell, &shown[row][column], sizeof cell) == 0) continue;
      if (at != column) {
        char move[16];
        snprintf(move, sizeof move, "\x1b[%d;%dH", row + 1, column + 1);
        emit(move);
      }
      if (ink != cell.ink) emit(attributes[ink = cell.ink]);
      emit(cell.glyph == RULE ? "\xe2\x94\x80" : (char[]){(char)cell.glyph, 0});
      at = column + 1;
    }
  }
  memcpy(shown, wanted, sizeof shown);
  return flush();
}
