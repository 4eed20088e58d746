/*
 * Mutual TLS as everybody does it, to compare with: one authority, a certificate of its for each end, OpenSSL's own verification. The
 * authority is made by the server at its start, and certifies the client over a connection of its own, since no key is in any image.
 */
#ifndef TERRA_PLAIN_H
#define TERRA_PLAIN_H

#include <openssl/ssl.h>

#include "attested/handshake.h"

/* Makes authority and server's certificate; a context for plain mutual TLS. 0 if OpenSSL fails. */
SSL_CTX *plain_server(void);

/* Certifies the key that comes over the socket, and closes it. */
void plain_enrol(int fd);

/* Has itself certified over the socket, which is closed; a context for plain mutual TLS, 0 if that fails. */
SSL_CTX *plain_client(int fd, enum tls_profile profile);

#endif
