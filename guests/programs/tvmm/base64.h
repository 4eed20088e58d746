/* Base64 (RFC 4648, section 4), without line breaks. */
#ifndef TERRA_BASE64_H
#define TERRA_BASE64_H

#include <stddef.h>
#include <stdint.h>

#define BASE64_LENGTH(bytes) (((bytes) + 2) / 3 * 4)

/* `text` has room for BASE64_LENGTH(count) characters and a 0. */
void base64_encode(const uint8_t *bytes, size_t count, char *text);

#endif
