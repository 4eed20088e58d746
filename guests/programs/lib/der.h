/*
 * Writes DER (X.690) from the last byte to the first, so that each length is known when its header is written.
 * What does not fit sets `overflow` and writes nothing outside the buffer.
 */
#ifndef TERRA_DER_H
#define TERRA_DER_H

#include <stddef.h>
#include <stdint.h>

enum der_tag {
  DER_INTEGER = 0x02,
  DER_BIT_STRING = 0x03,
  DER_OCTET_STRING = 0x04,
  DER_OID = 0x06,
  DER_SEQUENCE = 0x30,
  DER_SET = 0x31,
  DER_CONTEXT_0 = 0xa0,
};

struct der {
  uint8_t *start;
  uint8_t *at; /* the first byte written so far */
  uint8_t *end;
  int overflow;
};

void der_begin(struct der *der, uint8_t *buffer, size_t size);

/* Bytes written so far; taken before an element's content, it is what der_wrap needs. */
size_t der_mark(const struct der *der);

/* Puts bytes, without any header, before what is written. */
void der_bytes(struct der *der, const void *bytes, size_t count);

/* Puts tag and length before all that was written since the mark. */
void der_wrap(struct der *der, enum der_tag tag, size_t mark);

/* A whole element with this content. */
void der_element(struct der *der, enum der_tag tag, const void *content, size_t count);

/* A BIT STRING of whole bytes. */
void der_bits(struct der *der, const void *bytes, size_t count);

#endif
