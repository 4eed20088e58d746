/* For tests: reads numbers of 64 hexadecimal digits, a line each; prints the point, or "none". */
#include <stdio.h>

#include "p256-base.h"

int main(void) {
  uint8_t scalar[P256_SCALAR_SIZE], point[P256_POINT_SIZE];
  for (;;) {
    for (int i = 0; i < P256_SCALAR_SIZE; i++) {
      unsigned byte;
      if (scanf("%2x", &byte) != 1) return 0;
      scalar[i] = (uint8_t)byte;
    }
    if (p256_base(scalar, point) != 0) {
      puts("none");
      continue;
    }
    for (int i = 0; i < P256_POINT_SIZE; i++) printf("%02x", point[i]);
    putchar('\n');
  }
}
