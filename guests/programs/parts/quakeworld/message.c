#include "message.h"

#include <math.h>
#include <string.h>

static const uint8_t *take(struct reader *from, size_t count) {
  static const uint8_t zeros[4];
  if (from->bad || from->size - from->at < count) {
    from->bad = true;
    return zeros;
  }
  const uint8_t *bytes = from->bytes + from->at;
  from->at += count;
  return bytes;
}

uint8_t read_u8(struct reader *from) {
  return *take(from, 1);
}

int16_t read_i16(struct reader *from) {
  const uint8_t *bytes = take(from, 2);
  return (int16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t read_u32(struct reader *from) {
  const uint8_t *bytes = take(from, 4);
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* What is no number, or no sensible one, becomes 0: nobody behind this has to reckon with it. */
float read_float(struct reader *from) {
  uint32_t bits = read_u32(from);
  float value;
  memcpy(&value, &bits, sizeof value);
  return isfinite(value) && fabsf(value) < 1e9f ? value : 0;
}

float read_coordinate(struct reader *from) {
  return (float)read_i16(from) / 8;
}

void read_position(struct reader *from, float position[3]) {
  for (int axis = 0; axis < 3; axis++) position[axis] = read_coordinate(from);
}

float read_angle8(struct reader *from) {
  return (float)(int8_t)read_u8(from) * (360.0f / 256);
}

float read_angle16(struct reader *from) {
  return (float)read_i16(from) * (360.0f / 65536);
}

void read_text(struct reader *from, char *text, size_t size) {
  size_t length = 0;
  for (uint8_t byte; (byte = read_u8(from)) != 0 && !from->bad;) {
    if (length + 1 < size) text[length++] = (char)byte;
  }
  text[length] = 0;
}

void read_skip(struct reader *from, size_t count) {
  if (from->bad || from->size - from->at < count) from->bad = true;
  else from->at += count;
}

void text_plain(char *to, size_t size, const char *from) {
  size_t length = 0;
  for (; *from && length + 1 < size; from++) {
    unsigned char byte = (unsigned char)*from & 0x7f;
    if (byte >= 0x12 && byte <= 0x1b) byte = (unsigned char)(byte - 0x12 + '0');
    if (byte >= ' ' && byte < 0x7f) to[length++] = (char)byte;
  }
  to[length] = 0;
}

void write_bytes(struct writer *to, const void *bytes, size_t count) {
  if (to->full || to->limit - to->size < count) {
    to->full = true;
    return;
  }
  memcpy(to->bytes + to->size, bytes, count);
  to->size += count;
}

void write_u8(struct writer *to, unsigned value) {
  write_bytes(to, &(uint8_t){(uint8_t)value}, 1);
}

void write_u16(struct writer *to, unsigned value) {
  write_bytes(to, (uint8_t[]){(uint8_t)value, (uint8_t)(value >> 8)}, 2);
}

void write_u32(struct writer *to, uint32_t value) {
  uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
  write_bytes(to, bytes, sizeof bytes);
}

void write_angle16(struct writer *to, float degrees) {
  write_u16(to, (unsigned)lrintf(degrees * (65536.0f / 360)) & 0xffff);
}

void write_text(struct writer *to, const char *text) {
  write_bytes(to, text, strlen(text) + 1);
}
