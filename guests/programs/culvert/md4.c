/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md4.h"

#include <string.h>

static uint32_t rotate(uint32_t value, int by) {
  return value << by | value >> (32 - by);
}

/* RFC 1320, section 3.4: three rounds of sixteen operations. */
static void block(uint32_t state[4], const uint8_t *bytes) {
  static const uint8_t order[3][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                       {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
                                       {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}};
  static const uint8_t shifts[3][4] = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
  static const uint32_t added[3] = {0, 0x5a827999u, 0x6ed9eba1u};
  uint32_t words[16], a = state[0], b = state[1], c = state[2], d = state[3];
  memcpy(words, bytes, sizeof words);
  for (int round = 0; round < 3; round++) {
    for (int step = 0; step < 16; step++) {
      uint32_t mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t next = rotate(a + mixed + words[order[round][step]] + added[round], shifts[round][step & 3]);
      a = d;
      d = c;
      c = b;
      b = next;
    }
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

uint32_t md4_folded(const void *bytes, size_t size) {
  uint32_t state[4] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u};
  const uint8_t *from = bytes;
  size_t whole = size / 64 * 64, rest = size - whole;
  for (size_t at = 0; at < whole; at += 64) block(state, from + at);
  uint8_t last[128] = {0};
  size_t length = rest < 56 ? 64 : 128;
  uint64_t bits = (uint64_t)size * 8;
  memcpy(last, from + whole, rest);
  last[rest] = 0x80;
  memcpy(last + length - 8, &bits, 8);
  for (size_t at = 0; at < length; at += 64) block(state, last + at);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}
