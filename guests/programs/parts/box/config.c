#define _GNU_SOURCE
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "disk.h"

enum { DISK_TEXT = 4096, LINE = 192, INTERNET_PCI = 8 };

bool config_line(const char *line, config_setter *set, void *whose) {
  char copy[LINE];
  if (snprintf(copy, sizeof copy, "%s", line) >= LINE) return false;
  char *equals = strchr(copy, '=');
  if (!equals) return false;
  *equals = 0;
  return set(whose, copy, equals + 1);
}

void config_disk(const char *program, config_setter *set, void *whose) {
  char path[DISK_PATH_LIMIT], lines[DISK_TEXT + 1];
  if (disk_find("config", path) != 0) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t count = read(fd, lines, DISK_TEXT);
  close(fd);
  if (count < 0) return;
  lines[count] = 0;
  for (char *save, *line = strtok_r(lines, "\n", &save); line; line = strtok_r(0, "\n", &save)) {
    if (!config_line(line, set, whose)) {
      fprintf(stderr, "%s: the disk config: '%.60s' is not understood; %s --help says what can be given\n", program, line, program);
    }
  }
}

bool config_text(const char *value, const char *allowed, char *to, size_t size) {
  size_t length = strlen(value);
  if (length == 0 || length >= size || strspn(value, allowed) != length) return false;
  memcpy(to, value, length + 1);
  return true;
}

bool config_path(const char *value, char *to, size_t size) {
  return config_text(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./", to, size);
}

bool config_number(const char *value, double least, double most, double *to) {
  char *end;
  double found = strtod(value, &end);
  if (end == value || *end || !(found >= least && found <= most)) return false;
  *to = found;
  return true;
}

bool config_peer(const char *value, int usual_port, struct sockaddr_in *to) {
  char host[INET_ADDRSTRLEN];
  double port = usual_port;
  size_t length = strcspn(value, ":");
  if (length >= sizeof host) return false;
  memcpy(host, value, length);
  host[length] = 0;
  if (value[length] && !config_number(value + length + 1, 1, 65535, &port)) return false;
  *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  return inet_pton(AF_INET, host, &to->sin_addr) == 1;
}

bool config_address(const char *address) {
  char host[32], card[CARD_NAME_LIMIT];
  int prefix;
  if (sscanf(address, "%31[0-9.]/%d", host, &prefix) != 2) {
    errno = EINVAL;
    return false;
  }
  if (card_find(INTERNET_PCI, card) != 0) {
    errno = ENODEV;
    return false;
  }
  return card_configure(card, host, prefix) == 0;
}
