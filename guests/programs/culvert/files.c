/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint8_t *file_read(const char *path, size_t limit, size_t *size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  struct stat about;
  uint8_t *bytes = 0;
  *size = 0;
  if (fstat(fd, &about) == 0 && about.st_size > 0 && (size_t)about.st_size <= limit) {
    bytes = malloc((size_t)about.st_size);
    for (ssize_t count; bytes && *size < (size_t)about.st_size; *size += (size_t)count) {
      count = read(fd, bytes + *size, (size_t)about.st_size - *size);
      if (count <= 0) break;
    }
  } else {
    errno = EFBIG;
  }
  close(fd);
  return bytes;
}

bool file_path(const char *folder, const char *name, char path[FILES_PATH]) {
  if (!name[0] || name[0] == '/' || strstr(name, "..")) return false;
  for (const char *at = name; *at; at++) {
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./", *at)) return false;
  }
  return snprintf(path, FILES_PATH, "%s/%s", folder, name) < FILES_PATH;
}
