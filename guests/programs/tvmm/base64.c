#include "base64.h"

void base64_encode(const uint8_t *bytes, size_t count, char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < count; at += 3) {
    size_t here = count - at < 3 ? count - at : 3;
    uint32_t group = (uint32_t)bytes[at] << 16;
    if (here > 1) group |= (uint32_t)bytes[at + 1] << 8;
    if (here > 2) group |= bytes[at + 2];
    for (size_t i = 0; i < 4; i++) *text++ = i <= here ? digits[group >> (18 - 6 * i) & 63] : '=';
  }
  *text = 0;
}
