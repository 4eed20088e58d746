#define _GNU_SOURCE
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "disk.h"

#define NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

enum { DISK_TEXT = 4096, LINE = 192, INTERNET_PCI = 8 };

const char CONFIG_UNKNOWN[] = "";

__attribute__((format(printf, 1, 2))) static const char *right(const char *format, ...) {
  static char text[80];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  return text;
}

static const char *take(const char *line, config_setter *set, void *whose) {
  char copy[LINE];
  if (snprintf(copy, sizeof copy, "%s", line) >= LINE) return right("a line of at most %d bytes", LINE - 1);
  char *equals = strchr(copy, '=');
  if (!equals) return CONFIG_UNKNOWN;
  *equals = 0;
  return set(whose, copy, equals + 1);
}

static bool take_or_say(const char *program, const char *where, const char *line, config_setter *set, void *whose) {
  const char *wanted = take(line, set, whose);
  if (!wanted) return true;
  fprintf(stderr, "%s: %s'%.60s' is not understood; ", program, where, line);
  if (wanted == CONFIG_UNKNOWN) fprintf(stderr, "%s --help says what can be given\n", program);
  else fprintf(stderr, "%s would be\n", wanted);
  return false;
}

bool config_argument(const char *program, const char *argument, config_setter *set, void *whose) {
  return take_or_say(program, "", argument, set, whose);
}

void config_disk(const char *program, config_setter *set, void *whose) {
  char path[DISK_PATH_LIMIT], lines[DISK_TEXT + 1];
  if (disk_find("config", path) != 0) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t count = fd < 0 ? -1 : read(fd, lines, DISK_TEXT);
  if (count < 0) fprintf(stderr, "%s: the disk config cannot be read: %m\n", program);
  if (fd >= 0) close(fd);
  if (count < 0) return;
  lines[count] = 0;
  for (char *save, *line = strtok_r(lines, "\n", &save); line; line = strtok_r(0, "\n", &save)) {
    take_or_say(program, "the disk config: ", line, set, whose);
  }
}

static bool text(const char *value, const char *allowed, char *to, size_t size) {
  size_t length = strlen(value);
  if (length == 0 || length >= size || strspn(value, allowed) != length) return false;
  memcpy(to, value, length + 1);
  return true;
}

const char *config_name(const char *value, char *to, size_t size) {
  return text(value, NAME, to, size) ? 0 : right("1 to %zu letters, digits, - or _", size - 1);
}

const char *config_path(const char *value, char *to, size_t size) {
  return text(value, NAME "./", to, size) ? 0 : right("1 to %zu letters, digits, -, _, . or /", size - 1);
}

static bool digits(const char *value, uint32_t most, uint32_t *to) {
  if (!value[0] || value[strspn(value, "0123456789")]) return false;
  errno = 0;
  unsigned long long found = strtoull(value, 0, 10);
  if (errno || found > most) return false;
  *to = (uint32_t)found;
  return true;
}

const char *config_whole(const char *value, uint32_t least, uint32_t most, uint32_t *to) {
  uint32_t found;
  if (!digits(value, most, &found) || found < least) return right("a whole number from %u to %u", least, most);
  *to = found;
  return 0;
}

const char *config_switch(const char *value, bool *to) {
  uint32_t found;
  if (!digits(value, 1, &found)) return "0 or 1";
  *to = found;
  return 0;
}

const char *config_number(const char *value, float least, float most, float *to) {
  char *end;
  float found = strtof(value, &end);
  if (end == value || *end || !(found >= least && found <= most)) {
    return right("a number from %g to %g", (double)least, (double)most);
  }
  *to = found;
  return 0;
}

/* What is before the mark, as an address, and the number behind it, if there is a mark. */
static bool cut(const char *value, char mark, char host[INET_ADDRSTRLEN], struct in_addr *ip, uint32_t most, uint32_t *number) {
  size_t length = (size_t)(strchrnul(value, mark) - value);
  if (length >= INET_ADDRSTRLEN) return false;
  memcpy(host, value, length);
  host[length] = 0;
  if (inet_pton(AF_INET, host, ip) != 1) return false;
  return !value[length] || (digits(value + length + 1, most, number) && *number > 0);
}

const char *config_address(const char *value, char to[CONFIG_ADDRESS]) {
  char host[INET_ADDRSTRLEN];
  struct in_addr ip;
  uint32_t prefix = 0;
  if (strlen(value) >= CONFIG_ADDRESS || !cut(value, '/', host, &ip, 32, &prefix) || prefix == 0) {
    return "an address like 10.0.0.2/24";
  }
  strcpy(to, value);
  return 0;
}

const char *config_peer(const char *value, uint16_t usual_port, struct config_peer *to) {
  char host[INET_ADDRSTRLEN];
  struct in_addr ip;
  uint32_t port = usual_port;
  if (strlen(value) >= CONFIG_PEER || !cut(value, ':', host, &ip, UINT16_MAX, &port)) {
    return "an address like 10.0.0.1 or 10.0.0.1:27500";
  }
  strcpy(to->text, value);
  to->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = ip};
  return 0;
}

bool config_network(const char *address) {
  char host[INET_ADDRSTRLEN], card[CARD_NAME_LIMIT];
  struct in_addr ip;
  uint32_t prefix = 0;
  if (!cut(address, '/', host, &ip, 32, &prefix)) {
    errno = EINVAL;
    return false;
  }
  if (card_find(INTERNET_PCI, card) != 0) {
    errno = ENODEV;
    return false;
  }
  return card_configure(card, host, (int)prefix) == 0;
}
