/*
 * What this box shows of itself: a key made at this start, the chain that the TVMM endorsed it with, and the attested disk
 * `trust` that stands in it. TLS and evidence use two keys, so a program that needs both has two of these.
 */
#ifndef TERRA_OWN_H
#define TERRA_OWN_H

#include "appraise/chain.h"
#include "appraise/vendor.h"
#include "evidence.h"
#include "key.h"

enum { OWN_CERTIFICATES = CHAIN_LENGTH + VENDORS_LIMIT, OWN_RENEW_S = 12 * 3600 };

struct own {
  struct key key;
  struct endorsement endorsement;
  size_t count; /* certificates: the chain's five, leaf first, then vendors' */
  struct slice certificates[OWN_CERTIFICATES];
  uint8_t identity[DIGEST_SIZE];
  int has_trust;
  uint8_t trust[DIGEST_SIZE];
  int64_t endorsed_ms; /* clock_ms(); 0: not yet */
  uint8_t der[FRAME_BODY_LIMIT];
};

/*
 * Makes a new key and has it endorsed with this application data ("tls:…", "evidence:…"). `device`: 0 for attestd's socket or
 * COM2. 0, and why, if that fails; what was endorsed before is then gone.
 */
int own_endorse(struct own *own, const char *device, const char *data, struct why *why);

/* Nonzero if there is no endorsement, or one that will be too old before long. */
int own_is_old(const struct own *own);

#endif
