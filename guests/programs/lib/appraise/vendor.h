/*
 * Vendors' certificates: "this digest is product P, version V" (paper, section 4.3). They come with the evidence and are
 * untrusted until one of the policy's vendor roots of that very layer is found to have signed them. One that is not believed
 * counts as absent, and says why. The counterpart of engine/attestation/vendor.ts.
 */
#ifndef TERRA_VENDOR_H
#define TERRA_VENDOR_H

#include "policy.h"

enum { VENDORS_LIMIT = 32, VENDOR_NAME_UNITS = 64, VENDOR_NAME_BYTES = 3 * VENDOR_NAME_UNITS, VERSION_LIMIT = 80 };
enum { REFUSALS_SHOWN = 4 };

/* Copies: the certificate itself is gone by the time they are looked at. Zero ended. */
struct vouching {
  size_t vendor_length, product_length, version_length;
  char vendor[VENDOR_NAME_BYTES + 1];
  char product[VENDOR_NAME_BYTES + 1];
  char version[VERSION_LIMIT + 1];
};

struct vouchings {
  size_t believed_count;
  struct vouching believed[VENDORS_LIMIT]; /* latest version first */
  size_t refused_count;
  struct why refused[REFUSALS_SHOWN]; /* why each of the others that could have been meant was not: the first few */
};

/* Gives the DER of a vendor's certificate, or 0 and why. */
typedef int vendor_source(void *context, size_t index, struct slice *der, const struct what *what, struct why *why);

/* Which of the policy's lists counts for which root. */
typedef int revocation_lookup(void *context, const struct certificate *certificate, const struct certificate *root);

void vouchings_for(enum layer layer, const uint8_t digest[DIGEST_SIZE], const struct policy *policy, int64_t time_ms,
                   size_t count, vendor_source *source, revocation_lookup *is_revoked, void *context,
                   struct vouchings *vouchings);

#endif
