#define _GNU_SOURCE
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

bool commands_open(struct commands *commands, const char *path) {
  *commands = (struct commands){.fd = -1};
  if (mkfifo(path, 0600) != 0 && errno != EEXIST) return false;
  /* Open for writing too, so that it does not end when a writer does. */
  commands->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  return commands->fd >= 0;
}

void commands_read(struct commands *commands, void (*obey)(const char *line)) {
  char bytes[256];
  ssize_t count = read(commands->fd, bytes, sizeof bytes);
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) commands->fd = -1;
  for (ssize_t i = 0; i < count; i++) {
    if (bytes[i] == '\n' || bytes[i] == '\r') {
      commands->line[commands->size] = 0;
      commands->size = 0;
      obey(commands->line);
    } else if (commands->size + 1 < sizeof commands->line) {
      commands->line[commands->size++] = bytes[i];
    }
  }
}
