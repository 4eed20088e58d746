#define _GNU_SOURCE
#include "com3.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "options.h"
#include "say.h"

static struct line line; /* large, so not initialised: its buffers would lie in the program's file */
static int opened;
static const char *device = COM3_DEVICE;
static int patience = COM3_PATIENCE_MS;
static uint8_t body[FRAME_BODY_LIMIT], reply[FRAME_BODY_LIMIT + 1];
static size_t used;

void com3_use(const char *path, int patience_ms) {
  if (path) device = path;
  if (patience_ms > 0) patience = patience_ms;
}

void com3_begin(void) { used = 0; }

static void put(const char *what, const void *bytes, size_t length) {
  if (length > sizeof body - used) {
    die(EXIT_USAGE, "%s is too long: a request holds at most %d bytes", what, FRAME_BODY_LIMIT);
  }
  memcpy(body + used, bytes, length);
  used += length;
}

void com3_pair(const char *key, const char *value) {
  if (!value) return;
  for (const char *at = value; *at; at++) {
    if ((unsigned char)*at < 0x20 || *at == 0x7f) {
      die(EXIT_USAGE, "%s must be one line without control characters", key);
    }
  }
  put(key, key, strlen(key));
  put(key, "=", 1);
  put(key, value, strlen(value));
  put(key, "\n", 1);
}

void com3_number(const char *key, uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)value);
  com3_pair(key, text);
}

void com3_bytes(const void *bytes, size_t length) {
  put("what is sent", "\n", 1);
  put("what is sent", bytes, length);
}

const uint8_t *com3_call(const char *verb, size_t *length) {
  if (!opened && line_open_when_free(&line, device, patience) != LINE_OK) {
    die(EXIT_DEVICE, "no management device, which only a machine's management box has: %s", line.error);
  }
  opened = 1;
  enum line_result result = line_request(&line, verb, body, used);
  if (result == LINE_REFUSED) die(EXIT_REFUSED, "%s", line.error[0] ? line.error : "refused, and no reason came along");
  if (result != LINE_OK) die(EXIT_DEVICE, "no reply to %s: %s", verb, line.error);
  *length = line.frame.length;
  memcpy(reply, line.frame.body, *length);
  reply[*length] = 0;
  return reply;
}

void com3_call_for_id(const char *verb, char id[COM3_ID_LIMIT + 1]) {
  size_t length;
  const uint8_t *text = com3_call(verb, &length);
  size_t digits = 0;
  while (digits < length && digits < COM3_ID_LIMIT && text[digits] > ' ' && text[digits] < 0x7f) digits++;
  if (digits == 0 || digits + 1 != length || text[digits] != '\n') com3_garbled(verb, "it is no id");
  memcpy(id, text, digits);
  id[digits] = 0;
}

void com3_garbled(const char *verb, const char *format, ...) {
  char what[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  die(EXIT_DEVICE, "the reply to %s is not understood: %s", verb, what);
}
