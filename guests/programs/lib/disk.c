#define _GNU_SOURCE
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SERIAL_LIMIT = 20 };

/* 1 if the disk says that it has this serial. */
static int has_serial(const char *name, const char *serial) {
  char path[DISK_PATH_LIMIT + 32], text[SERIAL_LIMIT + 1];
  snprintf(path, sizeof path, "/sys/block/%.*s/serial", DISK_PATH_LIMIT, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, text, SERIAL_LIMIT);
  close(fd);
  if (count < 0) return 0;
  text[count] = 0;
  text[strcspn(text, "\n")] = 0;
  return strcmp(text, serial) == 0;
}

int disk_find(const char *serial, char path[DISK_PATH_LIMIT]) {
  DIR *disks = opendir("/sys/block");
  if (!disks) return -1;
  int found = -1;
  for (struct dirent *entry; found != 0 && (entry = readdir(disks)) != 0;) {
    if (!has_serial(entry->d_name, serial)) continue;
    if (snprintf(path, DISK_PATH_LIMIT, "/dev/%s", entry->d_name) < DISK_PATH_LIMIT) found = 0;
  }
  closedir(disks);
  return found;
}
