/*
 * The person's end: a dialogue on the screen of a closed box. What is typed and shown goes to that screen and, encrypted, to the
 * bank, and nowhere else.
 */
#ifndef TERRA_CLIENT_H
#define TERRA_CLIENT_H

#include <openssl/ssl.h>

#include "attested/handshake.h"
#include "party.h"

enum { CLIENT_PATIENCE_S = 30 };

/*
 * Reaches the bank and appraises it. The connection, or 0: then handshake->trouble says why, and handshake->appraisal what was
 * found, if it got that far.
 */
typedef SSL *client_reach(struct party *party, struct handshake *handshake);

/* Does not end. */
int client_main(int argc, char **argv, client_reach *reach);

#endif
