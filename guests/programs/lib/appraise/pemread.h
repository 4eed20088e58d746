/*
 * PEM text (RFC 7468), read strictly: blocks of one kind, one after the other, and nothing else but line ends around them.
 * The counterpart of engine/attestation/pem.ts. pem.h takes the first block of whatever it finds; this refuses.
 */
#ifndef TERRA_PEMREAD_H
#define TERRA_PEMREAD_H

#include "slice.h"
#include "why.h"

#define PEM_CERTIFICATE "CERTIFICATE"
#define PEM_CRL "X509 CRL"

/* What COM2 can carry, and so the most that is read as one text. */
enum { PEM_TEXT_LIMIT = 65536, PEM_BLOCKS_LIMIT = 64 };

struct pem_reader {
  struct slice rest;
  const char *label;
  const struct what *what;
  struct why *why;
  size_t blocks;
};

/* 0, and why, if the text is too long. */
int pem_open(struct pem_reader *reader, struct slice text, const char *label, const struct what *what, struct why *why);

/*
 * Writes the next block's DER to `der`, as far as it fits, and its whole length to `length`. 1, or 0 at the end of the text,
 * or -1 and why. `der` may be where the block's text begins, or 0.
 */
int pem_next(struct pem_reader *reader, uint8_t *der, size_t size, size_t *length);

/* DER of text that holds exactly one certificate. 0, and why, for anything else. What does not fit is counted, not kept. */
int pem_certificate(struct slice text, uint8_t *der, size_t size, const struct what *what, size_t *length,
                    struct why *why);

#endif
