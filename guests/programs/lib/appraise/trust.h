/*
 * The `trust` disk: roots and policy of a site, one text with a section for each role (docs/formats.md). The disk is
 * attested, so its bytes are what the site's keeper wrote; read strictly all the same, since a policy half understood is
 * worthless. The counterpart of engine/attestation/trust.ts.
 */
#ifndef TERRA_TRUST_H
#define TERRA_TRUST_H

#include "policy.h"

enum { TRUST_LIMIT = 262144, ROLE_LIMIT = 32 };

struct trust {
  struct policy policy;
  /* Private: the text, in whose place its certificates are decoded; the policy points into it. */
  uint8_t text[TRUST_LIMIT];
};

/*
 * Reads the policy of one role (0: what all have in common) from a file or a disk: at most TRUST_LIMIT bytes, zeros after
 * the text. 0, and why.
 */
int trust_read(struct trust *trust, const char *path, const char *role, struct why *why);

#endif
