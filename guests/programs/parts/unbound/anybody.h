/*
 * TLS with anybody: encrypted, so that nobody who only listens learns anything, and with a key that nobody vouches for, so that
 * whoever stands in the middle is believed.
 */
#ifndef TERRA_ANYBODY_H
#define TERRA_ANYBODY_H

#include <openssl/ssl.h>

/* A key and a certificate that it signed itself, made now. 0 if OpenSSL fails. */
SSL_CTX *anybody_server(void);

/* Takes whatever certificate it is shown. 0 if OpenSSL fails. */
SSL_CTX *anybody_client(void);

/* Shakes hands on a connected socket; 0 if that fails, and then the socket is closed. */
SSL *anybody_shake(SSL_CTX *context, int fd, int is_server);

#endif
