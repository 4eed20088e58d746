#define _GNU_SOURCE
#include "key.h"

#include <bearssl.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* BearSSL's P-256 for 32-bit processors. */
static const br_ec_impl *const curve = &br_ec_p256_m31;

static int fill_random(uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t got = getrandom(bytes, count, 0); /* waits until the kernel's generator is seeded */
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    bytes += got;
    count -= (size_t)got;
  }
  return 0;
}

int key_make(struct key *key) {
  uint8_t seed[48];
  if (fill_random(seed, sizeof seed) != 0) return -1;
  br_hmac_drbg_context generator;
  br_hmac_drbg_init(&generator, &br_sha256_vtable, seed, sizeof seed);
  br_ec_private_key private_key;
  size_t private_length =
      br_ec_keygen(&generator.vtable, curve, &private_key, key->private_part, BR_EC_secp256r1);
  if (private_length != KEY_PRIVATE_SIZE) return -1;
  return br_ec_compute_pub(curve, 0, key->public_part, &private_key) == KEY_PUBLIC_SIZE ? 0 : -1;
}

size_t key_sign(const struct key *key, const uint8_t digest[KEY_DIGEST_SIZE], uint8_t signature[KEY_SIGNATURE_LIMIT]) {
  uint8_t copy[KEY_PRIVATE_SIZE];
  memcpy(copy, key->private_part, sizeof copy);
  br_ec_private_key private_key = {.curve = BR_EC_secp256r1, .x = copy, .xlen = sizeof copy};
  return br_ecdsa_i31_sign_asn1(curve, &br_sha256_vtable, digest, &private_key, signature);
}

size_t key_pem(const struct key *key, char pem[KEY_PEM_LIMIT]) {
  uint8_t private_copy[KEY_PRIVATE_SIZE], public_copy[KEY_PUBLIC_SIZE];
  memcpy(private_copy, key->private_part, sizeof private_copy);
  memcpy(public_copy, key->public_part, sizeof public_copy);
  br_ec_private_key private_key = {.curve = BR_EC_secp256r1, .x = private_copy, .xlen = sizeof private_copy};
  br_ec_public_key public_key = {.curve = BR_EC_secp256r1, .q = public_copy, .qlen = sizeof public_copy};
  uint8_t der[192];
  size_t length = br_encode_ec_raw_der(0, &private_key, &public_key);
  if (length == 0 || length > sizeof der) return 0;
  br_encode_ec_raw_der(der, &private_key, &public_key);
  if (br_pem_encode(0, der, length, BR_ENCODE_PEM_EC_RAW, 0) >= KEY_PEM_LIMIT) return 0;
  return br_pem_encode(pem, der, length, BR_ENCODE_PEM_EC_RAW, 0);
}
