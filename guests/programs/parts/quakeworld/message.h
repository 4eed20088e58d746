/*
 * Bytes of a QuakeWorld packet, read and written within bounds: reading beyond the end gives zeros and sets `bad`, writing beyond
 * the end writes nothing and sets `full`. Numbers are little endian; coordinates are eighths of a unit.
 */
#ifndef QUAKEWORLD_MESSAGE_H
#define QUAKEWORLD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  /* Longest payload that either side sends, and with it the longest packet: header and port before it. */
  MESSAGE_LIMIT = 1450,
  PACKET_LIMIT = MESSAGE_LIMIT + 10,
  TEXT_LIMIT = 1024,
};

struct reader {
  const uint8_t *bytes;
  size_t size, at;
  bool bad;
};

struct writer {
  uint8_t *bytes;
  size_t limit, size;
  bool full;
};

uint8_t read_u8(struct reader *from);
int16_t read_i16(struct reader *from);
uint32_t read_u32(struct reader *from);
float read_float(struct reader *from);
float read_coordinate(struct reader *from);
void read_position(struct reader *from, float position[3]);
/* Degrees from a byte, and from two. */
float read_angle8(struct reader *from);
float read_angle16(struct reader *from);
/* A text up to its zero, cut to what fits in; `size` counts the zero that is put behind it. */
void read_text(struct reader *from, char *text, size_t size);
/* What of a text can be shown anywhere, a terminal among them: 0x20 to 0x7e, and nothing else. The protocol's letters have a second
   set of colours and ornaments, which become plain ones. */
void text_plain(char *to, size_t size, const char *from);
void read_skip(struct reader *from, size_t count);

void write_u8(struct writer *to, unsigned value);
void write_u16(struct writer *to, unsigned value);
void write_u32(struct writer *to, uint32_t value);
void write_angle16(struct writer *to, float degrees);
/* A text with its zero. */
void write_text(struct writer *to, const char *text);
void write_bytes(struct writer *to, const void *bytes, size_t count);

#endif
