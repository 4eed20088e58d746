/*
 * ECDSA with P-256 and SHA-256, verified: the only signature in Terra Lab. The arithmetic is a library's; the encodings are
 * read here, strictly. The counterpart of engine/attestation/ecdsa.ts.
 */
#ifndef TERRA_P256_H
#define TERRA_P256_H

#include "slice.h"
#include "why.h"

enum { P256_POINT_SIZE = 65, P256_SPKI_SIZE = 91, P256_SIGNATURE_LIMIT = 72, SHA256_SIZE = 32 };

/* 0, and why, unless this is the SubjectPublicKeyInfo (DER) of an uncompressed point, which has one form only (RFC 5480). */
int p256_check_form(struct slice spki, const struct what *what, struct why *why);

/* The same, and the point has to be on the curve. */
int p256_check_key(struct slice spki, const struct what *what, struct why *why);

/* 1 if the signature (ECDSA-Sig-Value, DER) is good; 0 if not; -1, and why, if the key, named `whose`, is none. */
int p256_verify(struct slice spki, struct slice message, struct slice signature, const struct what *whose,
                struct why *why);

/*
 * The arithmetic of it, for a point on the curve and a signature of the right form, as r || s and as it came: 1 if it is good. BearSSL's
 * is weak: a program that has OpenSSL brings that one's (parts/attested/arithmetic.c), which takes a fifth of the time.
 */
int p256_arithmetic(const uint8_t point[P256_POINT_SIZE], const uint8_t digest[SHA256_SIZE], const uint8_t raw[64],
                    struct slice signature);

void sha256(struct slice bytes, uint8_t digest[SHA256_SIZE]);

#endif
