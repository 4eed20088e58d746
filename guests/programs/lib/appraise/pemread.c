#include "pemread.h"

#include <stdio.h>

#include "text.h"

int pem_open(struct pem_reader *reader, struct slice text, const char *label, const struct what *what,
             struct why *why) {
  *reader = (struct pem_reader){.rest = text, .label = label, .what = what, .why = why};
  if (text.length <= PEM_TEXT_LIMIT) return 1;
  return why_not(why, what, " has %zu characters; at most %d are accepted", text.length, PEM_TEXT_LIMIT);
}

/* The next line without its end; 0 if there is none. */
static int next_line(struct slice *rest, struct slice *line) {
  if (rest->length == 0) return 0;
  const uint8_t *end = memchr(rest->at, '\n', rest->length);
  size_t length = end ? (size_t)(end - rest->at) : rest->length;
  *line = (struct slice){rest->at, length};
  size_t taken = end ? length + 1 : length;
  rest->at += taken;
  rest->length -= taken;
  if (line->length > 0 && line->at[line->length - 1] == '\r') line->length--;
  return 1;
}

static int base64_value(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct base64 {
  uint8_t *der;
  size_t size, length;
  size_t characters, padding;
  uint32_t group;
  int wrong;
};

static void put(struct base64 *base64, unsigned byte) {
  if (base64->length < base64->size) base64->der[base64->length] = (uint8_t)byte;
  base64->length++;
}

static void take(struct base64 *base64, uint8_t c) {
  int value = base64_value(c);
  base64->characters++;
  if (c == '=') {
    base64->padding++;
    base64->group <<= 6;
  } else if (value < 0 || base64->padding > 0) {
    base64->wrong = 1;
  } else {
    base64->group = base64->group << 6 | (uint32_t)value;
  }
  if (base64->characters % 4 != 0) return;
  put(base64, base64->group >> 16 & 0xff);
  if (base64->padding < 2) put(base64, base64->group >> 8 & 0xff);
  if (base64->padding < 1) put(base64, base64->group & 0xff);
  /* What a shorter last group leaves over has to be zero: two texts for the same bytes are not wanted here. */
  if (base64->padding == 0) base64->group = 0;
}

int pem_next(struct pem_reader *reader, uint8_t *der, size_t size, size_t *length) {
  char begin[48], end[48], quotation[QUOTED_LIMIT];
  snprintf(begin, sizeof begin, "-----BEGIN %s-----", reader->label);
  snprintf(end, sizeof end, "-----END %s-----", reader->label);
  struct slice line = {0};
  do {
    if (!next_line(&reader->rest, &line)) return 0;
  } while (line.length == 0);
  if (!slice_is(line, begin)) {
    why_not(reader->why, reader->what, " has %s where a line \"%s\" was expected", text_quoted(line, quotation), begin);
    return -1;
  }
  if (reader->blocks++ == PEM_BLOCKS_LIMIT) {
    why_not(reader->why, reader->what, " has more than %d PEM blocks", PEM_BLOCKS_LIMIT);
    return -1;
  }
  struct base64 base64 = {.der = der, .size = der ? size : 0};
  for (;;) {
    if (!next_line(&reader->rest, &line)) {
      why_not(reader->why, reader->what, " ends inside a PEM block: \"%s\" is missing", end);
      return -1;
    }
    if (slice_is(line, end)) break;
    for (size_t i = 0; i < line.length; i++) take(&base64, line.at[i]);
  }
  if (base64.characters == 0 || base64.characters % 4 != 0 || base64.padding > 2 || base64.wrong) {
    why_not(reader->why, reader->what, " has a PEM block that is not base64");
    return -1;
  }
  uint32_t stray = base64.padding == 2 ? 0xffff : base64.padding == 1 ? 0xff : 0;
  if ((base64.group & stray) != 0) {
    why_not(reader->why, reader->what, " has a PEM block whose last base64 group is not canonical");
    return -1;
  }
  *length = base64.length;
  return 1;
}

int pem_certificate(struct slice text, uint8_t *der, size_t size, const struct what *what, size_t *length,
                    struct why *why) {
  struct pem_reader reader;
  if (!pem_open(&reader, text, PEM_CERTIFICATE, what, why)) return 0;
  int got = pem_next(&reader, der, size, length);
  size_t ignored;
  while (got > 0) got = pem_next(&reader, 0, 0, &ignored);
  if (got < 0) return 0;
  return reader.blocks == 1 ||
         why_not(why, what, " has %zu PEM blocks; exactly one was expected", reader.blocks);
}
