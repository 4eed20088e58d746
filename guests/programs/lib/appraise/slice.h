/* Bytes that lie in somebody else's buffer. They are as good as that buffer: nothing here copies or frees. */
#ifndef TERRA_SLICE_H
#define TERRA_SLICE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
  const uint8_t *at;
  size_t length;
};

static inline int slice_equal(struct slice left, struct slice right) {
  return left.length == right.length && (left.length == 0 || memcmp(left.at, right.at, left.length) == 0);
}

static inline int slice_is(struct slice slice, const char *text) {
  return slice_equal(slice, (struct slice){(const uint8_t *)text, strlen(text)});
}

#endif
