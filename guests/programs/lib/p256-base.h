/*
 * Multiplies the base point of P-256 by a secret number, in a fifth of the instructions that BearSSL needs (1.2
 * million, not 5.6): a box makes two such products before its first ENDORSE, and emulated they would be most of what
 * it does until then.
 * All other cryptography is BearSSL's. Time and memory accesses do not depend on the number.
 */
#ifndef TERRA_P256_BASE_H
#define TERRA_P256_BASE_H

#include <stddef.h>
#include <stdint.h>

/* Lengths in bytes; big endian; a point is 0x04, x, y. */
enum { P256_SCALAR_SIZE = 32, P256_POINT_SIZE = 65 };

/* 0, or -1 for multiples of the group's order, whose product is no point of the plane. */
int p256_base(const uint8_t scalar[P256_SCALAR_SIZE], uint8_t point[P256_POINT_SIZE]);

#endif
