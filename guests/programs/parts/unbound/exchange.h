/*
 * Attestation as it must not be done: evidence is shown over a connection of its own, and what is spoken over afterwards has
 * nothing to do with the key that signed it. Each end appraises the other as thoroughly as in handshake.h; the mistake is what
 * is then made of it (paper, section 4.3).
 *
 *   "CHALLENGE 32" nonce   ->   "EVIDENCE n" length of the signature (2 bytes), signature, certificates in PEM
 * the client asks first, then the bank; at last the bank says "OK 0", or "ERR n" and why.
 */
#ifndef TERRA_EXCHANGE_H
#define TERRA_EXCHANGE_H

#include "appraise/appraise.h"
#include "attested/own.h"
#include "line.h"

/* Challenges the other end and appraises its answer. 0, and why, if nothing came that could be appraised. */
int exchange_ask(struct line *line, const struct policy *policy, struct appraisal *appraisal, struct why *why);

/* Answers the other end's challenge. 0, and why, if there was none. */
int exchange_answer(struct line *line, const struct own *own, struct why *why);

#endif
