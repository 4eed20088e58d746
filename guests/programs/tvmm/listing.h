/* What LIST gives: a line of column names, then a line for each thing, fields separated by tabs. */
#ifndef TERRA_LISTING_H
#define TERRA_LISTING_H

#include <stddef.h>

enum { LISTING_COLUMNS_LIMIT = 32, LISTING_ROWS_LIMIT = 512 };

struct listing {
  size_t columns, rows;
  const char *names[LISTING_COLUMNS_LIMIT];
  const char *fields[LISTING_ROWS_LIMIT][LISTING_COLUMNS_LIMIT]; /* a field that a line lacks is "" */
};

/* Asks for one list. Its text stays where it is until the next one is asked for. */
void listing_get(struct listing *listing, const char *what);

/* The field of the row whose first column is this; 0 if there is no such row or column. */
const char *listing_find(const struct listing *listing, const char *first, const char *column);

/* As tvmm prints it: columns aligned, digests shortened (for good); or, for scripts, as it came. */
void listing_say(struct listing *listing, int tabs);

#endif
