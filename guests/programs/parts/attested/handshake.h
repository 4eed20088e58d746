/*
 * Mutual TLS in which each end appraises the other's whole chain before a single byte of application data passes (paper,
 * section 4.3). The certificates of the handshake are what the TVMM's ENDORSE gave: the chain's five, then the vendors',
 * which RFC 8446, 4.4.2, allows behind those that belong to the chain. Under TLS 1.2 all of them can be read on the wire.
 *
 * The session key is agreed under the endorsed key: that is the binding, without which a man in the middle could let the
 * appraisal finish and take over.
 */
#ifndef TERRA_HANDSHAKE_H
#define TERRA_HANDSHAKE_H

#include <openssl/ssl.h>

#include "appraise/appraise.h"
#include "own.h"

enum tls_profile { TLS_PROFILE_12, TLS_PROFILE_13, TLS_PROFILE_BOTH };
enum handshake_side { HANDSHAKE_CLIENT, HANDSHAKE_SERVER };

/* "1.2" or "1.3"; anything else is both. */
enum tls_profile handshake_profile(const char *text);

/* Versions, ciphers, groups and signatures of a profile, for a context; nothing is ever resumed or renegotiated. 0 if OpenSSL
   does not know them. */
int handshake_profile_set(SSL_CTX *context, enum tls_profile profile);

/* One connection's. */
struct handshake {
  const struct policy *policy;
  int was_appraised; /* whether the peer showed certificates at all */
  struct appraisal appraisal;
  struct why trouble; /* why there is no connection, in a sentence */
};

/* A context that shows these certificates; 0, and why, if they are not for this key. Free it with SSL_CTX_free. */
SSL_CTX *handshake_context(const struct own *own, enum handshake_side side, enum tls_profile profile, struct why *why);

/*
 * Shakes hands on a connected socket, within `patience_s` for each step. The connection if the peer was accepted and accepted us as
 * far as the handshake tells; 0 with `trouble` otherwise. `handshake->policy` has to be set, the rest is set here.
 */
SSL *handshake_do(SSL_CTX *context, enum handshake_side side, int fd, int patience_s, struct handshake *handshake);

/* What the last operation of this thread on the connection failed with: an alert of the peer's, a timeout, an end. */
void handshake_trouble(SSL *tls, int result, struct why *why);

/* Limits the time that one read or write may take. */
void handshake_patience(int fd, int seconds);

/* Lets go of the connection, its socket included. */
void handshake_end(SSL *tls);

#endif
