#include "csr.h"

#include <bearssl.h>
#include <string.h>

#include "der.h"

static const uint8_t OID_EC_PUBLIC_KEY[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
static const uint8_t OID_P256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t OID_ECDSA_SHA256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
/* 2.25.163268360961603797793263191242266081269.1 (UUID 7ad457b0-5a9c-428f-8b6d-3e01172777f5) */
static const uint8_t OID_APPLICATION_DATA[] = {0x69, 0x81, 0xf5, 0xd4, 0xab, 0xec, 0x8b, 0xa9, 0xe2, 0x8a, 0x9f,
                                               0x8b, 0xb6, 0xcf, 0xc0, 0x91, 0xb9, 0x9d, 0xef, 0x75, 0x01};

static void write_attributes(struct der *der, const void *data, size_t length) {
  size_t attributes = der_mark(der);
  if (length > 0) {
    size_t attribute = der_mark(der), values = der_mark(der);
    der_element(der, DER_OCTET_STRING, data, length);
    der_wrap(der, DER_SET, values);
    der_element(der, DER_OID, OID_APPLICATION_DATA, sizeof OID_APPLICATION_DATA);
    der_wrap(der, DER_SEQUENCE, attribute);
  }
  der_wrap(der, DER_CONTEXT_0, attributes);
}

static void write_public_key(struct der *der, const struct key *key) {
  size_t info = der_mark(der);
  der_bits(der, key->public_part, KEY_PUBLIC_SIZE);
  size_t algorithm = der_mark(der);
  der_element(der, DER_OID, OID_P256, sizeof OID_P256);
  der_element(der, DER_OID, OID_EC_PUBLIC_KEY, sizeof OID_EC_PUBLIC_KEY);
  der_wrap(der, DER_SEQUENCE, algorithm);
  der_wrap(der, DER_SEQUENCE, info);
}

/* CertificationRequestInfo, the part that is signed. */
static void write_info(struct der *der, const struct key *key, const void *data, size_t data_length) {
  static const uint8_t version_1 = 0;
  size_t info = der_mark(der);
  write_attributes(der, data, data_length);
  write_public_key(der, key);
  der_element(der, DER_SEQUENCE, 0, 0);
  der_element(der, DER_INTEGER, &version_1, 1);
  der_wrap(der, DER_SEQUENCE, info);
}

size_t csr_make(const struct key *key, const void *data, size_t data_length, uint8_t csr[CSR_LIMIT]) {
  if (data_length > CSR_DATA_LIMIT) return 0;
  uint8_t info[CSR_LIMIT];
  struct der der;
  der_begin(&der, info, sizeof info);
  write_info(&der, key, data, data_length);
  if (der.overflow) return 0;

  uint8_t digest[KEY_DIGEST_SIZE], signature[KEY_SIGNATURE_LIMIT];
  br_sha256_context hash;
  br_sha256_init(&hash);
  br_sha256_update(&hash, der.at, der_mark(&der));
  br_sha256_out(&hash, digest);
  size_t signature_length = key_sign(key, digest, signature);
  if (signature_length == 0) return 0;

  struct der whole;
  der_begin(&whole, csr, CSR_LIMIT);
  der_bits(&whole, signature, signature_length);
  size_t algorithm = der_mark(&whole);
  der_element(&whole, DER_OID, OID_ECDSA_SHA256, sizeof OID_ECDSA_SHA256);
  der_wrap(&whole, DER_SEQUENCE, algorithm);
  der_bytes(&whole, der.at, der_mark(&der));
  der_wrap(&whole, DER_SEQUENCE, 0);
  if (whole.overflow) return 0;
  size_t length = der_mark(&whole);
  memmove(csr, whole.at, length);
  return length;
}
