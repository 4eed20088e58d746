/* SPDX-License-Identifier: GPL-2.0-or-later
   MD4 (RFC 1320), folded to 32 bits as the protocol compares files. It protects nothing: the protocol asks for it. */
#ifndef CULVERT_MD4_H
#define CULVERT_MD4_H

#include <stddef.h>
#include <stdint.h>

/* The digest's four words, little endian, exclusive-or'ed. */
uint32_t md4_folded(const void *bytes, size_t size);

#endif
