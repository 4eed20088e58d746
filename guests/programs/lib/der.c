#include "der.h"

#include <string.h>

void der_begin(struct der *der, uint8_t *buffer, size_t size) {
  der->start = buffer;
  der->end = der->at = buffer + size;
  der->overflow = 0;
}

size_t der_mark(const struct der *der) { return (size_t)(der->end - der->at); }

void der_bytes(struct der *der, const void *bytes, size_t count) {
  if (der->overflow || (size_t)(der->at - der->start) < count) {
    der->overflow = 1;
    return;
  }
  der->at -= count;
  if (count > 0) memcpy(der->at, bytes, count);
}

void der_wrap(struct der *der, enum der_tag tag, size_t mark) {
  size_t length = der_mark(der) - mark;
  uint8_t head[2 + sizeof length];
  size_t used = 0;
  head[used++] = (uint8_t)tag;
  if (length < 0x80) {
    head[used++] = (uint8_t)length;
  } else {
    size_t count = 1;
    while (count < sizeof length && length >> (8 * count)) count++;
    head[used++] = (uint8_t)(0x80 | count);
    while (count-- > 0) head[used++] = (uint8_t)(length >> (8 * count));
  }
  der_bytes(der, head, used);
}

void der_element(struct der *der, enum der_tag tag, const void *content, size_t count) {
  size_t mark = der_mark(der);
  der_bytes(der, content, count);
  der_wrap(der, tag, mark);
}

void der_bits(struct der *der, const void *bytes, size_t count) {
  static const uint8_t no_unused_bits = 0;
  size_t mark = der_mark(der);
  der_bytes(der, bytes, count);
  der_bytes(der, &no_unused_bits, 1);
  der_wrap(der, DER_BIT_STRING, mark);
}
