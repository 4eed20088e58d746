/*
 * An ECDSA P-256 key pair, made in this box at this start from the kernel's randomness.
 * The private part leaves the process only through key_pem, when a person asked for it.
 */
#ifndef TERRA_KEY_H
#define TERRA_KEY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes. */
enum { KEY_PRIVATE_SIZE = 32, KEY_PUBLIC_SIZE = 65, KEY_DIGEST_SIZE = 32, KEY_SIGNATURE_LIMIT = 72 };
enum { KEY_PEM_LIMIT = 512 };

struct key {
  uint8_t private_part[KEY_PRIVATE_SIZE];
  uint8_t public_part[KEY_PUBLIC_SIZE]; /* 0x04, x, y */
};

/* 0, or -1 if the kernel gives no randomness. */
int key_make(struct key *key);

/* ECDSA (deterministic, RFC 6979) over a SHA-256 digest, DER encoded; returns the length, 0 on failure. */
size_t key_sign(const struct key *key, const uint8_t digest[KEY_DIGEST_SIZE], uint8_t signature[KEY_SIGNATURE_LIMIT]);

/* The private key as PEM (SEC 1, "EC PRIVATE KEY"), zero ended; returns its length. */
size_t key_pem(const struct key *key, char pem[KEY_PEM_LIMIT]);

#endif
