#include "pem.h"

#include <bearssl.h>
#include <string.h>

struct sink {
  uint8_t *bytes;
  size_t used;
  size_t size;
  int overflow;
};

static void collect(void *context, const void *bytes, size_t count) {
  struct sink *sink = context;
  if (sink->overflow || sink->size - sink->used < count) {
    sink->overflow = 1;
    return;
  }
  memcpy(sink->bytes + sink->used, bytes, count);
  sink->used += count;
}

size_t pem_first(const void *text, size_t length, uint8_t *der, size_t size) {
  struct sink sink = {.bytes = der, .size = size};
  br_pem_decoder_context decoder;
  br_pem_decoder_init(&decoder);
  const uint8_t *at = text;
  while (length > 0) {
    size_t taken = br_pem_decoder_push(&decoder, at, length);
    at += taken;
    length -= taken;
    switch (br_pem_decoder_event(&decoder)) {
      case BR_PEM_BEGIN_OBJ: br_pem_decoder_setdest(&decoder, collect, &sink); break;
      case BR_PEM_END_OBJ: return sink.overflow ? 0 : sink.used;
      case BR_PEM_ERROR: return 0;
      default: break;
    }
  }
  return 0;
}
