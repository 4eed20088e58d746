/* The reply to GET-ID: 64 lower-case hexadecimal digits and a line feed. */
#ifndef TERRA_IDENTITY_H
#define TERRA_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

enum { IDENTITY_DIGITS = 64 };

/* Copies the digits, zero ended; 0, or -1 if the reply is anything else. */
int identity_read(const uint8_t *reply, size_t length, char identity[IDENTITY_DIGITS + 1]);

#endif
