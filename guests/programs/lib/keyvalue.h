/*
 * Files of lines "key value": /etc/terra/product (written by the image's maker), /run/terra/status (by attestd).
 * A key given twice counts once, the first time. Values are cut to what the caller's buffer holds and made printable.
 */
#ifndef TERRA_KEYVALUE_H
#define TERRA_KEYVALUE_H

#include <stddef.h>

enum { KEYVALUE_FILE_LIMIT = 4096 };

/* Reads at most KEYVALUE_FILE_LIMIT bytes of a file into text, zero ended; 0, or -1 with errno. */
int keyvalue_read(const char *path, char text[KEYVALUE_FILE_LIMIT + 1]);

/* Copies the value of a key; returns its length, or 0 and an empty value if there is none. */
size_t keyvalue_get(const char *text, const char *key, char *value, size_t size);

#endif
