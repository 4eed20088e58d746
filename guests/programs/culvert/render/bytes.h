/* SPDX-License-Identifier: GPL-2.0-or-later
   Numbers in files, little endian, wherever they lie. */
#ifndef CULVERT_BYTES_H
#define CULVERT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A part of a file. */
struct bytes {
  const uint8_t *at;
  size_t size;
};

static inline unsigned bytes_u16(const uint8_t *at) { return (unsigned)at[0] | (unsigned)at[1] << 8; }
static inline int bytes_s16(const uint8_t *at) { return (int16_t)bytes_u16(at); }
static inline uint32_t bytes_u32(const uint8_t *at) { return bytes_u16(at) | (uint32_t)bytes_u16(at + 2) << 16; }
static inline int bytes_s32(const uint8_t *at) { return (int32_t)bytes_u32(at); }

/* False if it is none that one can reckon with: not finite, or farther than any map reaches. */
static inline bool bytes_float(const uint8_t *at, float *value) {
  uint32_t bits = bytes_u32(at);
  memcpy(value, &bits, sizeof bits);
  return *value > -1e6f && *value < 1e6f;
}

static inline bool bytes_vector(const uint8_t *at, float vector[3]) {
  return bytes_float(at, vector) && bytes_float(at + 4, vector + 1) && bytes_float(at + 8, vector + 2);
}

/* `size` bytes from `offset`; false if the whole has no such part. */
static inline bool bytes_part(struct bytes whole, uint32_t offset, uint32_t size, struct bytes *part) {
  if (offset > whole.size || size > whole.size - offset) return false;
  *part = (struct bytes){whole.at + offset, size};
  return true;
}

#endif
