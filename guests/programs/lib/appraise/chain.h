/*
 * The chain's profile: exactly five certificates, chip at the bottom, VM on top, each link signed and each certificate made
 * as its place demands. Whether the hardware and the digests are trusted is decided elsewhere. The counterpart of
 * engine/attestation/chain.ts.
 */
#ifndef TERRA_CHAIN_H
#define TERRA_CHAIN_H

#include "policy.h"

enum { CHAIN_LENGTH = 5 };

/* What the VM's key must be certified for, and for nothing else. */
enum leaf_use { LEAF_EVIDENCE, LEAF_TLS };

struct chain {
  struct certificate certificates[CHAIN_LENGTH]; /* leaf first */
  uint8_t digests[LAYER_COUNT][DIGEST_SIZE];
};

/* How a certificate of the chain is called in sentences: 0 is the VM's, 4 the chip's. */
extern const struct what chain_names[CHAIN_LENGTH];

/*
 * Gives the DER of one place of the chain, or 0 and why. So whoever holds the chain keeps it as it came, and what cannot be
 * read is found in the order of the checks.
 */
typedef int chain_source(void *context, size_t place, struct slice *der, struct why *why);

/* 0, and why, naming the first certificate at fault from the chip upwards. `count` is how many there are. */
int chain_check(chain_source *source, void *context, size_t count, enum leaf_use use, int64_t time_ms,
                struct chain *chain, struct why *why);

/* A vendor's certificate: no CA, and of a usage that fits nothing else. */
int vendor_use_check(const struct certificate *certificate, const struct what *what, struct why *why);

int validity_check(const struct certificate *certificate, int64_t time_ms, const struct what *what, struct why *why);

/* The root, valid at that time, that signed the certificate; 0, and why, if there is none. `kind`: "hardware root". */
const struct certificate *root_find(const struct certificate *subject, const struct roots *roots, int64_t time_ms,
                                    const struct what *what, const char *kind, struct why *why);

#endif
