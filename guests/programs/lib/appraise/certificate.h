/*
 * An X.509v3 certificate (RFC 5280), read as far as Terra Lab's profile goes: ECDSA P-256 with SHA-256 throughout. What is
 * read here is well formed and nothing more: whether it may be believed is decided elsewhere. The counterpart of
 * engine/attestation/certificate.ts.
 */
#ifndef TERRA_CERTIFICATE_H
#define TERRA_CERTIFICATE_H

#include "extensions.h"

struct certificate {
  struct slice der;
  struct slice tbs;       /* what is signed */
  struct slice signature; /* ECDSA-Sig-Value, DER; unchecked */
  struct slice serial;    /* the octets of the number */
  struct slice issuer, subject; /* names as DER: they are compared octet by octet */
  struct slice common_name;     /* UTF-8; without `at` unless the subject consists of it and nothing else */
  int64_t not_before_ms, not_after_ms; /* both inclusive */
  struct slice public_key;     /* SubjectPublicKeyInfo of the right form; not yet known to be on the curve */
  struct slice extension_list; /* content of the SEQUENCE; each of the right form */
  struct extensions extensions; /* after certificate_read */
};

/* All but the extensions. 0, and why, if the bytes are no certificate. */
int certificate_read_frame(struct slice der, const struct what *what, struct certificate *certificate,
                           struct why *why);

int certificate_read(struct slice der, const struct what *what, struct certificate *certificate, struct why *why);

/* ecdsa-with-SHA256 without parameters (RFC 5758, 3.2), and nothing else. */
int signature_algorithm_check(const struct der_node *node, const struct what *what, struct why *why);

/* [n] EXPLICIT SEQUENCE OF Extension, each checked for its form; gives the content of the SEQUENCE. */
int extension_list_read(const struct der_node *wrapped, const struct what *what, struct slice *list, struct why *why);

/* SEQUENCE OF Extension. */
int extension_sequence_check(const struct der_node *list, const struct what *what, struct why *why);

#endif
