/*
 * canary: a secret in a closed box, for tests that look for it elsewhere. Makes 32 random bytes at its start and keeps
 * them in memory, as bytes and as the hexadecimal text that its screen shows, writing both again each second. It sends
 * them nowhere. With --alive it says on another terminal that it runs, and nothing of the secret.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "options.h"
#include "screen.h"

static const char help[] =
    "usage: canary [--alive TERMINAL]\n"
    "Shows 32 random bytes, made at its start, on the terminal, 80 x 25. Does not end.\n\n"
    "  --alive TERMINAL  where to say each second that it runs\n";

enum { SECRET_SIZE = 32, COPIES = 4, AGAIN_MS = 1000, LEFT = 8, ROW = 11 };

static uint8_t secret[SECRET_SIZE];
static char text[2 * SECRET_SIZE + 1];
/* Further copies, in fresh memory each time. */
static volatile uint8_t *copies[COPIES];

static void copy_again(unsigned turn) {
  volatile uint8_t **copy = &copies[turn % COPIES];
  free((void *)*copy);
  *copy = malloc(SECRET_SIZE + turn % 4096);
  if (!*copy) return;
  for (int i = 0; i < SECRET_SIZE; i++) (*copy)[i] = secret[i];
  for (int i = 0; i < SECRET_SIZE; i++) sprintf(text + 2 * i, "%02x", (*copy)[i]);
}

static int draw(unsigned turn) {
  char foot[80];
  screen_clear();
  screen_put(ROW - 4, LEFT, INK_PLAIN, "This box keeps a secret, and tells it to nobody but you:");
  screen_put(ROW, LEFT, INK_BRIGHT, text);
  snprintf(foot, sizeof foot, "written %u times", turn + 1);
  screen_put(ROW + 4, LEFT, INK_PLAIN, foot);
  if (screen_show() != 0) return -1;
  /* What is there already it did not send again. */
  return printf("\x1b[%d;%dH\x1b[0;1;37m%s", ROW + 1, LEFT + 1, text) < 0 ? -1 : fflush(stdout);
}

int main(int argc, char **argv) {
  const char *alive = 0;
  options_read(argc, argv, help, (struct option_value[]){{.name = "--alive", .text = &alive}, {0}}, 0);
  if (getrandom(secret, sizeof secret, 0) != sizeof secret) return EXIT_DEVICE;
  screen_open();
  for (unsigned turn = 0;; turn++) {
    copy_again(turn);
    if (draw(turn) != 0) return EXIT_DEVICE;
    int fd = alive ? open(alive, O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1;
    if (fd >= 0) {
      dprintf(fd, "canary: written %u times\r\n", turn + 1);
      close(fd);
    }
    tcflush(STDIN_FILENO, TCIFLUSH);
    clock_sleep(AGAIN_MS);
  }
}
