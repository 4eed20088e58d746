/* What attestd tells the other programs of its box, as a file of lines "key value" that is replaced as a whole. */
#ifndef TERRA_STATUS_H
#define TERRA_STATUS_H

#include <time.h>

#include "identity.h"

struct status {
  char identity[IDENTITY_DIGITS + 1];/* empty: not known yet */
  time_t endorsed;      /* when the certificate in use came; 0: none yet */
  unsigned challenges;  /* answered with evidence */
  char trouble[256];    /* what failed last; empty: nothing since the last success */
};

/* 0, or -1 with errno. */
int status_write(const struct status *status, const char *path);

#endif
