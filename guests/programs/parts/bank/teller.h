/* The bank's side of one connection, once it is known who is at the other end. Never logs what is asked or answered. */
#ifndef TERRA_TELLER_H
#define TERRA_TELLER_H

#include <openssl/ssl.h>

/* Serves requests until the client leaves. `log` gets one line for each, without names, amounts or balances. */
void teller_serve(SSL *tls, void (*log)(const char *line));

#endif
