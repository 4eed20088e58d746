#define _GNU_SOURCE
#include "settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "disk.h"

/* Text up to the first zero, from a file or a disk; -1 if there is none. */
static int load(const char *path, char text[SETTINGS_TEXT_LIMIT + 1]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t used = 0;
  ssize_t count = 0;
  while (used < SETTINGS_TEXT_LIMIT && (count = read(fd, text + used, SETTINGS_TEXT_LIMIT - used)) > 0) {
    used += (size_t)count;
  }
  close(fd);
  text[used] = 0;
  return count < 0 ? -1 : 0;
}

/* Nonzero if the key is there, whose value is then copied; -1 if the value is too long or not printable. */
static int get(const char *text, const char *key, char value[SETTING_LIMIT + 1]) {
  size_t length = strlen(key);
  for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
    if (strncmp(line, key, length) != 0 || line[length] != '=') continue;
    const char *from = line + length + 1;
    size_t count = strcspn(from, "\n");
    if (count > SETTING_LIMIT) return -1;
    for (size_t i = 0; i < count; i++) {
      if (from[i] < 0x20 || from[i] > 0x7e) return -1;
    }
    memcpy(value, from, count);
    value[count] = 0;
    return 1;
  }
  return 0;
}

static int number(const char *text, const char *key, int least, int most, int *value) {
  char digits[SETTING_LIMIT + 1], *end;
  int there = get(text, key, digits);
  if (there <= 0) return there == 0;
  long found = strtol(digits, &end, 10);
  if (*end || end == digits || found < least || found > most) return 0;
  *value = (int)found;
  return 1;
}

/* "10.0.0.2/24" cut in two; 0 if it is none. */
static int cut_address(const char *text, char address[SETTING_LIMIT + 1], int *prefix) {
  struct in_addr ignored;
  strcpy(address, text);
  char *slash = strchr(address, '/'), *end;
  if (!slash) return 0;
  *slash = 0;
  *prefix = (int)strtol(slash + 1, &end, 10);
  return *end == 0 && end != slash + 1 && *prefix >= 1 && *prefix <= 32 &&
         inet_pton(AF_INET, address, &ignored) == 1;
}

static int is_known_tls(const char *text) {
  return strcmp(text, "1.2") == 0 || strcmp(text, "1.3") == 0 || strcmp(text, "both") == 0;
}

/* What anybody may set: where the box stands, whom it calls, which TLS. */
static int read_open_part(struct settings *settings, const char *text, const char *whose, struct why *why) {
  char address[SETTING_LIMIT + 1];
  int prefix;
  struct in_addr ignored;
  struct settings told = *settings;
  if (get(text, "address", told.address) < 0 || (told.address[0] && !cut_address(told.address, address, &prefix))) {
    return why_say(why, "%s: address is not one like 10.0.0.2/24", whose);
  }
  if (get(text, "peer", told.peer) < 0 || (told.peer[0] && inet_pton(AF_INET, told.peer, &ignored) != 1)) {
    return why_say(why, "%s: peer is not an address like 10.0.0.1", whose);
  }
  if (get(text, "tls", told.tls) < 0 || !is_known_tls(told.tls)) {
    return why_say(why, "%s: tls is neither 1.2 nor 1.3 nor both", whose);
  }
  *settings = told;
  return 1;
}

int settings_read(struct settings *settings, const char *image, const char *config, struct why *why) {
  static char text[SETTINGS_TEXT_LIMIT + 1];
  char disk[DISK_PATH_LIMIT];
  *settings = (struct settings){.tls = "1.2"};
  if (load(image, text) != 0) return why_say(why, "cannot read %s: %s", image, strerror(errno));
  if (get(text, "role", settings->role) != 1) return why_say(why, "%s names no role", image);
  if (!number(text, "pci", 1, 31, &settings->pci) || !number(text, "port", 1, 65000, &settings->port) ||
      settings->port == 0) {
    return why_say(why, "%s: pci or port is out of range", image);
  }
  if (!read_open_part(settings, text, image, why)) return 0;
  if (!config) config = disk_find("config", disk) == 0 ? disk : 0;
  if (!config || load(config, text) != 0) return 1;
  return read_open_part(settings, text, "the disk config", why);
}

int settings_apply(const struct settings *settings, struct why *why) {
  char address[SETTING_LIMIT + 1], card[CARD_NAME_LIMIT];
  int prefix;
  if (!settings->address[0]) return 1;
  if (!cut_address(settings->address, address, &prefix)) return why_say(why, "%s is no address", settings->address);
  if (card_find(settings->pci, card) != 0) return why_say(why, "there is no network card at PCI %d", settings->pci);
  if (card_configure(card, address, prefix) == 0) return 1;
  return why_say(why, "%s does not take the address %s: %s", card, settings->address, strerror(errno));
}
