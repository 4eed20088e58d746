/* Bytes for people, as `hexdump -C` prints them: sixteen a line, and a star for lines that are like the one before. */
#ifndef TERRA_HEXDUMP_H
#define TERRA_HEXDUMP_H

#include <stddef.h>
#include <stdint.h>

/* One piece after the other; all but the last are whole lines. */
void hexdump(uint64_t address, const uint8_t *bytes, size_t length);

/* The address behind the last byte. */
void hexdump_end(uint64_t address);

#endif
