#include "p256.h"

#include <bearssl.h>

#include "derread.h"

/* SubjectPublicKeyInfo of an uncompressed P-256 point up to the point itself. */
static const uint8_t spki_prefix[P256_SPKI_SIZE - P256_POINT_SIZE] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

/* BearSSL's P-256 for 32-bit processors. */
static const br_ec_impl *const curve = &br_ec_p256_m31;

int p256_check_form(struct slice spki, const struct what *what, struct why *why) {
  if (spki.length == P256_SPKI_SIZE && memcmp(spki.at, spki_prefix, sizeof spki_prefix) == 0 &&
      spki.at[sizeof spki_prefix] == 0x04) {
    return 1;
  }
  return why_not(why, what, " is not an uncompressed P-256 point in a SubjectPublicKeyInfo");
}

static struct slice point_of(struct slice spki) {
  return (struct slice){spki.at + sizeof spki_prefix, P256_POINT_SIZE};
}

int p256_check_key(struct slice spki, const struct what *what, struct why *why) {
  if (!p256_check_form(spki, what, why)) return 0;
  uint8_t point[P256_POINT_SIZE];
  memcpy(point, point_of(spki).at, sizeof point);
  static const uint8_t one[] = {1};
  /* A multiplication decodes the point first, and says whether it is one. */
  if (curve->mul(point, sizeof point, one, sizeof one, BR_EC_secp256r1)) return 1;
  return why_not(why, what, " is not a point on the curve P-256");
}

/* Two positive INTEGERs of at most 256 bits each, as r || s; 0 if the signature is anything else. */
static int raw_signature(struct slice signature, uint8_t raw[64]) {
  static const struct der_limits limits = {.bytes = P256_SIGNATURE_LIMIT, .nodes = 3};
  static const struct what what = {"the signature", 0};
  struct why ignored;
  struct der_node whole, part;
  struct der_fields fields;
  if (!der_read(signature, &limits, &what, &whole, &ignored)) return 0;
  if (!fields_open(&fields, &whole, TAG_SEQUENCE, &what, &ignored)) return 0;
  for (int i = 0; i < 2; i++) {
    if (!fields_take(&fields, "r or s", TAG_INTEGER, &part)) return 0;
    struct slice octets = part.content;
    if (octets.at[0] >= 0x80 || octets.length > 33 || (octets.length == 33 && octets.at[0] != 0)) return 0;
    if (octets.length == 33) octets = (struct slice){octets.at + 1, 32};
    memset(raw + 32 * i, 0, 32 - octets.length);
    memcpy(raw + 32 * i + 32 - octets.length, octets.at, octets.length);
  }
  return fields_end(&fields);
}

__attribute__((weak)) int p256_arithmetic(const uint8_t point[P256_POINT_SIZE], const uint8_t digest[SHA256_SIZE],
                                          const uint8_t raw[64], struct slice signature) {
  (void)signature;
  uint8_t copy[P256_POINT_SIZE];
  memcpy(copy, point, sizeof copy);
  br_ec_public_key key = {.curve = BR_EC_secp256r1, .q = copy, .qlen = sizeof copy};
  return br_ecdsa_i31_vrfy_raw(curve, digest, SHA256_SIZE, &key, raw, 64) == 1;
}

int p256_verify(struct slice spki, struct slice message, struct slice signature, const struct what *whose,
                struct why *why) {
  if (!p256_check_key(spki, whose, why)) return -1;
  uint8_t raw[64], digest[SHA256_SIZE];
  if (!raw_signature(signature, raw)) return 0;
  sha256(message, digest);
  return p256_arithmetic(point_of(spki).at, digest, raw, signature);
}

void sha256(struct slice bytes, uint8_t digest[SHA256_SIZE]) {
  br_sha256_context hash;
  br_sha256_init(&hash);
  br_sha256_update(&hash, bytes.at, bytes.length);
  br_sha256_out(&hash, digest);
}
