/*
 * What this box shows to a verifier: the certificate chain of its evidence key, and a signature that binds that
 * certificate to the verifier's nonce.
 */
#ifndef TERRA_EVIDENCE_H
#define TERRA_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "com2.h"
#include "key.h"

struct endorsement {
  int valid;
  size_t text_length;
  uint8_t text[FRAME_BODY_LIMIT]; /* the ENDORSE reply, PEM, leaf first */
  uint8_t leaf_digest[KEY_DIGEST_SIZE]; /* SHA-256 of the leaf's DER */
};

/*
 * Takes an ENDORSE reply if its first certificate holds this key's public part, and leaves the old one in place
 * otherwise. Returns 0, or what is wrong with the reply.
 */
const char *endorsement_take(struct endorsement *endorsement, const struct key *key, const uint8_t *reply,
                             size_t length);

/*
 * The answer to a CHALLENGE: length of the signature (2 bytes, big endian), the signature (DER), the chain (PEM).
 * Signed: "terra-evidence-v1", a zero byte, the nonce, the leaf's digest. Returns the length, 0 if it does not fit.
 */
size_t evidence_make(const struct endorsement *endorsement, const struct key *key, const uint8_t nonce[LINE_NONCE_SIZE],
                     uint8_t body[FRAME_BODY_LIMIT]);

#endif
