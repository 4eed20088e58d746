/* Takes the DER out of PEM text (RFC 7468): of its first block only, whatever the label. */
#ifndef TERRA_PEM_H
#define TERRA_PEM_H

#include <stddef.h>
#include <stdint.h>

/* Returns the length of the DER, or 0 if there is no whole, well-formed block or it is larger than `size`. */
size_t pem_first(const void *text, size_t length, uint8_t *der, size_t size);

#endif
