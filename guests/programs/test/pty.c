/*
 * For tests: opens a pseudo-terminal of 80 x 25, prints its name and a line feed, then passes bytes both ways between
 * it and standard input and output, until standard input ends. The terminal is raw until a program makes it something
 * else. With --cooked it begins as a terminal for people: echo, lines, and signals from keys.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int pass(int from, int to) {
  char bytes[4096];
  ssize_t count = read(from, bytes, sizeof bytes);
  if (count <= 0) return 0;
  for (ssize_t sent = 0; sent < count;) {
    ssize_t now = write(to, bytes + sent, (size_t)(count - sent));
    if (now <= 0) return 0;
    sent += now;
  }
  return 1;
}

int main(int argc, char **argv) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return 1;
  char *name = ptsname(master);
  /* Held open, so that the master can be read between two programs that open it. */
  int slave = open(name, O_RDWR | O_NOCTTY);
  struct winsize size = {.ws_row = 25, .ws_col = 80};
  struct termios mode;
  if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size) != 0 || tcgetattr(slave, &mode) != 0) return 1;
  if (argc < 2 || strcmp(argv[1], "--cooked") != 0) {
    cfmakeraw(&mode);
    tcsetattr(slave, TCSANOW, &mode);
  }
  dprintf(STDOUT_FILENO, "%s\n", name);
  struct pollfd ends[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = master, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0) return 1;
    if (ends[0].revents && !pass(STDIN_FILENO, master)) return 0;
    if (ends[1].revents && !pass(master, STDOUT_FILENO)) return 0;
  }
}
