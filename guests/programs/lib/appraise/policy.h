/*
 * A verifier's policy, as it stands in memory: roots, lists and what is accepted. The verifier's own side wrote it, so what
 * is not well formed in it is a mistake to be told, and nothing to be guessed at. trust.h reads one from a `trust` disk.
 */
#ifndef TERRA_POLICY_H
#define TERRA_POLICY_H

#include "crl.h"

enum { POLICY_ROOTS = 16, POLICY_ACCEPTABLES = 64, POLICY_LISTS = 16 };

/* A digest outright, or a product (UTF-8) from a version on (without `at`: in any version). */
struct acceptable {
  int is_digest;
  uint8_t digest[DIGEST_SIZE];
  struct slice product, least_version;
};

struct roots {
  size_t count;
  struct certificate all[POLICY_ROOTS];
};

struct policy {
  struct roots hardware;
  struct roots vendors[LAYER_COUNT];
  struct {
    size_t count;
    struct acceptable all[POLICY_ACCEPTABLES];
  } accept[LAYER_COUNT];
  size_t required_count;
  struct secondary required[SECONDARIES_LIMIT];
  size_t list_count;
  struct revocation_list lists[POLICY_LISTS];
};

/* Adds one to what is required. 0 if there are SECONDARIES_LIMIT already, or one of that name with another root. */
int policy_require(struct policy *policy, struct slice name, struct slice root);

/* Versions: one to eight numbers with dots between them. 1.10 is later than 1.9, and 1.0 is the same as 1. */
int version_is(struct slice text);
/* Negative if left is earlier, positive if it is later, 0 if both are the same. Both have passed version_is. */
int version_compare(struct slice left, struct slice right);

#endif
