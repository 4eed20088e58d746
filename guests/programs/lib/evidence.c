#define _GNU_SOURCE
#include "evidence.h"

#include <bearssl.h>
#include <string.h>

#include "pem.h"

/* A VM's certificate with 4096 bytes of application data is well below this. */
enum { LEAF_LIMIT = 16384 };

const char *endorsement_take(struct endorsement *endorsement, const struct key *key, const uint8_t *reply,
                             size_t length) {
  static uint8_t leaf[LEAF_LIMIT];
  size_t leaf_length = pem_first(reply, length, leaf, sizeof leaf);
  if (leaf_length == 0) return "the reply to ENDORSE does not begin with a PEM certificate";
  if (!memmem(leaf, leaf_length, key->public_part, KEY_PUBLIC_SIZE)) {
    return "the certificate in the reply to ENDORSE is not for the key that was sent";
  }
  br_sha256_context hash;
  br_sha256_init(&hash);
  br_sha256_update(&hash, leaf, leaf_length);
  br_sha256_out(&hash, endorsement->leaf_digest);
  memcpy(endorsement->text, reply, length);
  endorsement->text_length = length;
  endorsement->valid = 1;
  return 0;
}

size_t evidence_make(const struct endorsement *endorsement, const struct key *key, const uint8_t nonce[LINE_NONCE_SIZE],
                     uint8_t body[FRAME_BODY_LIMIT]) {
  static const char context[] = "terra-evidence-v1"; /* its closing zero is signed too */
  uint8_t digest[KEY_DIGEST_SIZE], signature[KEY_SIGNATURE_LIMIT];
  br_sha256_context hash;
  br_sha256_init(&hash);
  br_sha256_update(&hash, context, sizeof context);
  br_sha256_update(&hash, nonce, LINE_NONCE_SIZE);
  br_sha256_update(&hash, endorsement->leaf_digest, KEY_DIGEST_SIZE);
  br_sha256_out(&hash, digest);
  size_t signature_length = key_sign(key, digest, signature);
  if (signature_length == 0 || 2 + signature_length + endorsement->text_length > FRAME_BODY_LIMIT) return 0;
  body[0] = (uint8_t)(signature_length >> 8);
  body[1] = (uint8_t)signature_length;
  memcpy(body + 2, signature, signature_length);
  memcpy(body + 2 + signature_length, endorsement->text, endorsement->text_length);
  return 2 + signature_length + endorsement->text_length;
}
