/*
 * Verifying with OpenSSL's P-256 in place of BearSSL's: the appraiser's arithmetic in programs that have OpenSSL anyway. What may be
 * verified at all, and in which encoding, is decided before it gets here (lib/appraise/p256.c).
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "appraise/p256.h"

static EVP_PKEY *public_key(const uint8_t point[P256_POINT_SIZE]) {
  char group[] = "P-256";
  const OSSL_PARAM parts[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, P256_POINT_SIZE),
      OSSL_PARAM_construct_end(),
  };
  EVP_PKEY *key = 0;
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(0, "EC", 0);
  if (maker && EVP_PKEY_fromdata_init(maker) == 1) {
    EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)(uintptr_t)parts);
  }
  EVP_PKEY_CTX_free(maker);
  return key;
}

int p256_arithmetic(const uint8_t point[P256_POINT_SIZE], const uint8_t digest[SHA256_SIZE], const uint8_t raw[64],
                    struct slice signature) {
  (void)raw;
  EVP_PKEY *key = public_key(point);
  EVP_PKEY_CTX *verifier = key ? EVP_PKEY_CTX_new_from_pkey(0, key, 0) : 0;
  int good = verifier && EVP_PKEY_verify_init(verifier) == 1 &&
             EVP_PKEY_verify(verifier, signature.at, signature.length, digest, SHA256_SIZE) == 1;
  EVP_PKEY_CTX_free(verifier);
  EVP_PKEY_free(key);
  /* A signature that does not fit leaves errors behind, which are no business of the handshake's. */
  ERR_clear_error();
  return good;
}
