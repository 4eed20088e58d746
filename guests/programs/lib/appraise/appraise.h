/*
 * Appraisal: may this box be believed to be what it says? Nine checks in a fixed order (paper, section 4.3); the first that
 * fails ends it. Evidence is hostile until checked, and is never allocated for: all room is here, or in the program's data.
 * The counterpart of engine/attestation/appraise.ts, with the same verdicts for the same reasons.
 *
 * Not for two at a time: it keeps what it decodes in buffers of its own.
 */
#ifndef TERRA_APPRAISE_H
#define TERRA_APPRAISE_H

#include "chain.h"
#include "vendor.h"

enum {
  CHECK_FRESHNESS,
  CHECK_CHAIN,
  CHECK_HARDWARE,
  CHECK_REVOCATION,
  CHECK_FIRMWARE,
  CHECK_LOADER,
  CHECK_TVMM,
  CHECK_VM,
  CHECK_SECONDARY,
  CHECK_COUNT,
};
extern const char *const check_names[CHECK_COUNT];

enum { NONCE_SIZE = 32, EVIDENCE_CERTIFICATES = 16, DETAIL_LIMIT = 4 * WHY_LIMIT };

/*
 * What is appraised. `chain` (leaf first) and `vendors` are certificates as they came: PEM texts, or DER from a TLS
 * handshake.
 *
 * LEAF_EVIDENCE: nonce and signature are checked. LEAF_TLS: the handshake itself proves that the peer has the leaf's key, and
 * appraise() takes that for granted; one that fails afterwards is for appraisal_not_fresh.
 */
struct evidence {
  enum leaf_use use;
  int is_pem;
  size_t chain_count;
  const struct slice *chain;
  size_t vendor_count;
  const struct slice *vendors;
  struct slice signature;
  uint8_t nonce[NONCE_SIZE];
};

struct appraised_layer {
  uint8_t digest[DIGEST_SIZE];
  int is_vouched;
  struct vouching vouching;
};

struct appraisal {
  int accepted;
  /* All nine; after the first that failed: "not reached". */
  struct {
    int passed;
    char detail[DETAIL_LIMIT];
  } checks[CHECK_COUNT];
  /* Once the chain has been checked; an unchecked chain says nothing. */
  int has_layers;
  struct appraised_layer layers[LAYER_COUNT];
  size_t secondary_count;
  struct {
    char name[SECONDARY_NAME_LIMIT + 1];
    uint8_t root[DIGEST_SIZE];
  } secondaries[SECONDARIES_LIMIT];
};

void appraise(const struct policy *policy, const struct evidence *evidence, int64_t time_ms,
              struct appraisal *appraisal);

/* The check that failed; CHECK_COUNT if all passed. */
int appraisal_fault(const struct appraisal *appraisal);

/* The peer of a TLS handshake did not prove that it has the leaf's key. */
void appraisal_not_fresh(struct appraisal *appraisal, const char *why);

#endif
