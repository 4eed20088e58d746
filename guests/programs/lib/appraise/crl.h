/*
 * Revocation lists (X.509 v2 CRLs, RFC 5280 chapter 5), read. They are part of a policy. No delta lists, no indirect ones.
 * The counterpart of engine/attestation/crl.ts.
 */
#ifndef TERRA_CRL_H
#define TERRA_CRL_H

#include "certificate.h"

struct revocation_list {
  struct slice tbs, signature;
  struct slice issuer;
  int64_t this_update_ms, next_update_ms;
  struct slice entries; /* content of revokedCertificates, well formed */
};

int revocation_list_read(struct slice der, const struct what *what, struct revocation_list *list, struct why *why);

/* Nonzero if a certificate with this serial number is on the list. */
int revocation_list_names(const struct revocation_list *list, struct slice serial);

#endif
