/*
 * Debian's BearSSL is compiled against glibc with _FORTIFY_SOURCE: its copies into objects of known size call these
 * three, which musl does not have. As in glibc, a copy that does not fit ends the program.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifndef __GLIBC__

void *__memcpy_chk(void *to, const void *from, size_t count, size_t room) {
  if (count > room) abort();
  return memcpy(to, from, count);
}

void *__memmove_chk(void *to, const void *from, size_t count, size_t room) {
  if (count > room) abort();
  return memmove(to, from, count);
}

void *__memset_chk(void *to, int value, size_t count, size_t room) {
  if (count > room) abort();
  return memset(to, value, count);
}

#endif
