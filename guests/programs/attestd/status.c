#define _GNU_SOURCE
#include "status.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int status_write(const struct status *status, const char *path) {
  char text[1024], next[256];
  int used = 0;
  if (status->identity[0]) used += sprintf(text + used, "identity %s\n", status->identity);
  if (status->endorsed) used += sprintf(text + used, "endorsed %lld\n", (long long)status->endorsed);
  used += sprintf(text + used, "challenges %u\n", status->challenges);
  if (status->trouble[0]) used += sprintf(text + used, "trouble %s\n", status->trouble);

  if (snprintf(next, sizeof next, "%s.new", path) >= (int)sizeof next) return -1;
  int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  ssize_t written = write(fd, text, (size_t)used);
  close(fd);
  return written == used ? rename(next, path) : -1;
}
