#define _GNU_SOURCE
#include "listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "com3.h"
#include "frame.h"
#include "identity.h"
#include "options.h"
#include "say.h"

/* Cuts a line at its tabs; returns how many fields it has. What a terminal would obey is shown as '?'. */
static size_t cut(char *line, const char *fields[LISTING_COLUMNS_LIMIT]) {
  size_t count = 0;
  while (line) {
    char *next = strchr(line, '\t');
    if (next) *next++ = 0;
    if (count == LISTING_COLUMNS_LIMIT) com3_garbled("LIST", "a line has more than %d fields", LISTING_COLUMNS_LIMIT);
    fields[count++] = line;
    for (; *line; line++) {
      if (*line < 0x20 || *line == 0x7f) *line = '?';
    }
    line = next;
  }
  return count;
}

void listing_get(struct listing *listing, const char *what) {
  static char text[FRAME_BODY_LIMIT + 1];
  size_t length;
  com3_begin();
  com3_pair("what", what);
  const uint8_t *reply = com3_call("LIST", &length);
  if (length == 0 || reply[length - 1] != '\n') com3_garbled("LIST", "its last line has no end");
  if (memchr(reply, 0, length)) com3_garbled("LIST", "it is no text");
  memcpy(text, reply, length);
  text[length - 1] = 0;

  listing->columns = listing->rows = 0;
  for (char *line = text; line;) {
    char *next = strchr(line, '\n');
    if (next) *next++ = 0;
    if (listing->columns == 0) {
      listing->columns = cut(line, listing->names);
    } else {
      if (listing->rows == LISTING_ROWS_LIMIT) com3_garbled("LIST", "it has more than %d lines", LISTING_ROWS_LIMIT);
      const char **fields = listing->fields[listing->rows++];
      size_t count = cut(line, fields);
      if (count > listing->columns) com3_garbled("LIST", "a line has more fields than there are column names");
      while (count < listing->columns) fields[count++] = "";
    }
    line = next;
  }
}

const char *listing_find(const struct listing *listing, const char *first, const char *column) {
  for (size_t at = 0; at < listing->columns; at++) {
    if (strcmp(listing->names[at], column) != 0) continue;
    for (size_t row = 0; row < listing->rows; row++) {
      if (strcmp(listing->fields[row][0], first) == 0) return listing->fields[row][at];
    }
  }
  return 0;
}

static int is_digest(const char *field) {
  return strlen(field) == IDENTITY_DIGITS && strspn(field, "0123456789abcdef") == IDENTITY_DIGITS;
}

/* Digests, one or several with commas between them, as the strip above a box's screen abbreviates them. */
static const char *shortened(const char *field) {
  char *text, *rest;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  char *copy = strdup(field);
  if (!out || !copy) die(EXIT_DEVICE, "out of memory");
  for (const char *part = strtok_r(copy, ",", &rest), *comma = ""; part; part = strtok_r(0, ",", &rest), comma = ",") {
    if (is_digest(part)) fprintf(out, "%s%.4s..%s", comma, part, part + IDENTITY_DIGITS - 4);
    else fprintf(out, "%s%s", comma, part);
  }
  free(copy);
  if (fclose(out) != 0) die(EXIT_DEVICE, "out of memory");
  return *text ? text : "-";
}

static void shorten(struct listing *listing) {
  for (size_t row = 0; row < listing->rows; row++) {
    for (size_t at = 0; at < listing->columns; at++) {
      listing->fields[row][at] = shortened(listing->fields[row][at]);
    }
  }
}

static void put_line(FILE *out, const char *const fields[], const size_t widths[], size_t columns, int tabs) {
  for (size_t at = 0; at < columns; at++) {
    int last = at + 1 == columns;
    if (tabs) fprintf(out, "%s%c", fields[at], last ? '\n' : '\t');
    else if (last) fprintf(out, "%s\n", fields[at]);
    else fprintf(out, "%-*s  ", (int)widths[at], fields[at]);
  }
}

void listing_say(struct listing *listing, int tabs) {
  size_t widths[LISTING_COLUMNS_LIMIT], size;
  char *text;
  if (!tabs) shorten(listing);
  for (size_t at = 0; at < listing->columns; at++) {
    widths[at] = strlen(listing->names[at]);
    for (size_t row = 0; row < listing->rows; row++) {
      size_t width = strlen(listing->fields[row][at]);
      if (width > widths[at]) widths[at] = width;
    }
  }
  FILE *out = open_memstream(&text, &size);
  if (!out) die(EXIT_DEVICE, "out of memory");
  put_line(out, listing->names, widths, listing->columns, tabs);
  for (size_t row = 0; row < listing->rows; row++) put_line(out, listing->fields[row], widths, listing->columns, tabs);
  if (fclose(out) != 0) die(EXIT_DEVICE, "out of memory");
  say(text, size);
  free(text);
}
