#define _GNU_SOURCE
#include "keyvalue.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int keyvalue_read(const char *path, char text[KEYVALUE_FILE_LIMIT + 1]) {
  text[0] = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t used = 0;
  ssize_t count = 0;
  while (used < KEYVALUE_FILE_LIMIT && (count = read(fd, text + used, KEYVALUE_FILE_LIMIT - used)) > 0) {
    used += (size_t)count;
  }
  int error = errno;
  close(fd);
  text[used] = 0;
  errno = error;
  return count < 0 ? -1 : 0;
}

size_t keyvalue_get(const char *text, const char *key, char *value, size_t size) {
  size_t key_length = strlen(key);
  value[0] = 0;
  for (const char *line = text; *line != 0;) {
    const char *end = strchrnul(line, '\n');
    if ((size_t)(end - line) > key_length && memcmp(line, key, key_length) == 0 && line[key_length] == ' ') {
      const char *from = line + key_length + 1;
      size_t length = (size_t)(end - from);
      if (length > size - 1) length = size - 1;
      for (size_t i = 0; i < length; i++) value[i] = from[i] >= 0x20 && from[i] <= 0x7e ? from[i] : '?';
      value[length] = 0;
      return length;
    }
    line = *end == 0 ? end : end + 1;
  }
  return 0;
}
