#include "chance.h"

#include <string.h>

#include "quakeworld/server.h"

enum { BSP_LUMPS = 15, MOST_CHANGES = 6 };

static uint64_t state;

void chance_start(uint64_t seed) {
  state = seed;
}

unsigned chance(unsigned below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(state >> 33) % below;
}

static size_t place(const uint8_t *bytes, size_t size, bool is_map) {
  if (is_map && chance(8) != 0) {
    uint32_t lump[2];
    memcpy(lump, bytes + 4 + 8 * chance(BSP_LUMPS), sizeof lump);
    if (lump[0] < size && lump[1] > 0 && lump[1] <= size - lump[0]) return lump[0] + chance(lump[1]);
  }
  return chance(chance(2) ? (unsigned)size : 256);
}

void chance_change(uint8_t *bytes, size_t size, bool is_map) {
  static const uint32_t values[] = {0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0xffff, 0x7fc00000, 0x7f800000, 0x7f7fffff, 1000};
  for (unsigned left = 1 + chance(MOST_CHANGES); left > 0; left--) {
    size_t at = place(bytes, size, is_map);
    uint32_t value = chance(3) ? values[chance(sizeof values / sizeof *values)] : chance(1u << 28) * 16 + chance(16);
    size_t length = chance(2) ? 1 : 4;
    at -= at % length;
    if (at + length <= size) memcpy(bytes + at, &value, length);
  }
}

void chance_message(struct writer *to) {
  static const uint8_t kinds[] = {3,  6,  8,  9,  11, 12, 14, 19, 20, 22, 23, 30, 36, 37, 38,
                                  39, 40, 41, 42, 42, 43, 45, 46, 47, 47, 48, 48, 51, 52, 53};
  write_u8(to, kinds[chance(sizeof kinds)]);
  if (to->bytes[to->size - 1] == SERVER_DATA) write_u32(to, PROTOCOL);
  for (unsigned left = chance(40); left > 0; left--) write_u8(to, chance(3) == 0 ? 0 : chance(3) == 0 ? chance(32) : chance(256));
}
