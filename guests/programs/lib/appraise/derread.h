/*
 * DER, read strictly (ITU-T X.690, chapters 8, 10 and 11). The counterpart of engine/attestation/der.ts: what the one
 * refuses, so does the other. Never accepts an encoding that BER allows and DER does not, and never takes more time or
 * stack than its limits say, whatever the bytes are. der.h writes DER; this only reads it.
 */
#ifndef TERRA_DERREAD_H
#define TERRA_DERREAD_H

#include "slice.h"
#include "why.h"

enum {
  TAG_BOOLEAN = 0x01,
  TAG_INTEGER = 0x02,
  TAG_BIT_STRING = 0x03,
  TAG_OCTET_STRING = 0x04,
  TAG_NULL = 0x05,
  TAG_OID = 0x06,
  TAG_ENUMERATED = 0x0a,
  TAG_UTF8_STRING = 0x0c,
  TAG_PRINTABLE_STRING = 0x13,
  TAG_UTC_TIME = 0x17,
  TAG_GENERALIZED_TIME = 0x18,
  TAG_SEQUENCE = 0x30,
  TAG_SET = 0x31,
  TAG_CONSTRUCTED = 0x20,
  TAG_CONTEXT = 0x80, /* [n] IMPLICIT around something primitive: TAG_CONTEXT | n */
  TAG_ANY = -1,
};

/* One element of a tree that der_read has found to be well formed. */
struct der_node {
  int tag;
  struct slice bytes; /* identifier, length and content */
  struct slice content;
};

struct der_limits {
  size_t bytes;
  size_t nodes;
};

/* A certificate with 4096 bytes of application data and a handful of secondaries needs far less. */
enum { CERTIFICATE_BYTES = 16384, CERTIFICATE_NODES = 1024 };
extern const struct der_limits certificate_limits;

/* Reads exactly one element that takes all of `bytes`, and checks all that it contains. 0, and why, if it is not DER. */
int der_read(struct slice bytes, const struct der_limits *limits, const struct what *what, struct der_node *node,
             struct why *why);

/* Walks the children of a constructed element in order, as its ASN.1 lists them. */
struct der_fields {
  struct slice rest;
  const struct what *what;
  struct why *why;
};

/* 0, and why, if the element does not have this tag. */
int fields_open(struct der_fields *fields, const struct der_node *node, int tag, const struct what *what,
                struct why *why);

/* The next field, which must be there and have the tag (TAG_ANY: any). */
int fields_take(struct der_fields *fields, const char *name, int tag, struct der_node *node);

/* The next field if it has that tag; 0 if not, which is no error. */
int fields_maybe(struct der_fields *fields, int tag, struct der_node *node);

/* 0, and why, if fields are left. */
int fields_end(struct der_fields *fields);

/* The next child, whatever it is; 0 at the end. */
int fields_next(struct der_fields *fields, struct der_node *node);

/* Children of an element; 0 if it is primitive. */
size_t der_children(const struct der_node *node);

/* The following return 0, and why, if the element is not what they read. */
int der_oid(const struct der_node *node, const struct what *what, struct slice *oid, struct why *why);
int der_true(const struct der_node *node); /* of a BOOLEAN */
/* A non-negative INTEGER below 2^31; `tag` for one that is tagged implicitly. */
int der_small(const struct der_node *node, int tag, const struct what *what, int *value, struct why *why);
/* UTF8String or PrintableString (TAG_ANY), or one that is tagged implicitly. */
int der_text(const struct der_node *node, int tag, const struct what *what, struct slice *text, struct why *why);
/* The octets of a BIT STRING without unused bits. */
int der_bit_octets(const struct der_node *node, const struct what *what, struct slice *octets, struct why *why);
/* UTCTime until 2049 and GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5). Milliseconds since 1970. */
int der_time(const struct der_node *node, const struct what *what, int64_t *time_ms, struct why *why);

#endif
