#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void put(const char *path, int flags, int as) {
  int fd = open(path, flags | O_NOCTTY);
  if (fd < 0) fd = open("/dev/null", O_RDWR);
  if (fd >= 0 && fd != as) {
    dup2(fd, as);
    close(fd);
  }
}

static void put_nothing(void) {
  put("/dev/null", O_RDONLY, 0);
  put("/dev/null", O_WRONLY, 1);
  put("/dev/kmsg", O_WRONLY, 2);
}

static void put_console(void) {
  put("/dev/null", O_RDONLY, 0);
  put("/dev/console", O_WRONLY, 1);
  put("/dev/console", O_WRONLY, 2);
}

static int put_terminal(const char *name) {
  char path[64];
  if (snprintf(path, sizeof path, "%s%s", name[0] == '/' ? "" : "/dev/", name) >= (int)sizeof path) return -1;
  int fd = open(path, O_RDWR);
  if (fd < 0) return -1;
  /* 1: take it even from another session, as one whose leader died. */
  if (ioctl(fd, TIOCSCTTY, 1) != 0) return -1;
  dup2(fd, 0);
  dup2(fd, 1);
  dup2(fd, 2);
  if (fd > 2) close(fd);
  return 0;
}

__attribute__((noreturn)) static void fail(const char *doing, const char *what) {
  dprintf(STDERR_FILENO, "init: cannot %s %s: %s\n", doing, what, strerror(errno));
  _exit(PROCESS_NOT_STARTED);
}

pid_t process_start(const char *terminal, char *const words[]) {
  pid_t child = fork();
  if (child != 0) return child;

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  setsid();
  if (!terminal) {
    put_console();
  } else if (strcmp(terminal, "-") == 0) {
    put_nothing();
  } else if (put_terminal(terminal) != 0) {
    fail("open", terminal);
  }
  int virtual_terminal = terminal && strncmp(terminal, "tty", 3) == 0 && terminal[3] >= '0' && terminal[3] <= '9';
  char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp", "USER=root",
                         virtual_terminal ? "TERM=linux" : "TERM=xterm-256color", 0};
  execve(words[0], words, environment);
  fail("run", words[0]);
}
