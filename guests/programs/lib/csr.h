/*
 * The certificate request that ENDORSE takes: PKCS#10 (RFC 2986), DER, empty subject (the TVMM writes the true one),
 * P-256 key (RFC 5480), ecdsa-with-SHA256 (RFC 5758), and the application data in an attribute of Terra Lab's:
 * 2.25.163268360961603797793263191242266081269.1, whose SET holds one OCTET STRING.
 */
#ifndef TERRA_CSR_H
#define TERRA_CSR_H

#include <stddef.h>
#include <stdint.h>

#include "key.h"

enum { CSR_DATA_LIMIT = 4096, CSR_LIMIT = CSR_DATA_LIMIT + 512 };

/* Writes the request for this key; returns its length, 0 if the data is over CSR_DATA_LIMIT. No data: no attribute. */
size_t csr_make(const struct key *key, const void *data, size_t data_length, uint8_t csr[CSR_LIMIT]);

#endif
