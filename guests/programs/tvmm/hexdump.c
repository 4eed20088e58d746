#include "hexdump.h"

#include <stdio.h>
#include <string.h>

enum { PER_LINE = 16 };

static uint8_t previous[PER_LINE];
static int have_previous, starred;

static void line(uint64_t address, const uint8_t *bytes, size_t length) {
  printf("%08llx ", (unsigned long long)address);
  for (size_t i = 0; i < PER_LINE; i++) {
    if (i == PER_LINE / 2) putchar(' ');
    if (i < length) printf(" %02x", bytes[i]);
    else printf("   ");
  }
  printf("  |");
  for (size_t i = 0; i < length; i++) putchar(bytes[i] >= 0x20 && bytes[i] <= 0x7e ? bytes[i] : '.');
  printf("|\n");
}

void hexdump(uint64_t address, const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at += PER_LINE) {
    size_t here = length - at < PER_LINE ? length - at : PER_LINE;
    int repeated = have_previous && here == PER_LINE && memcmp(previous, bytes + at, PER_LINE) == 0;
    if (!repeated) line(address + at, bytes + at, here);
    else if (!starred) printf("*\n");
    starred = repeated;
    have_previous = here == PER_LINE;
    if (have_previous) memcpy(previous, bytes + at, PER_LINE);
  }
}

void hexdump_end(uint64_t address) { printf("%08llx\n", (unsigned long long)address); }
