/*
 * What client and bank say to each other: one line of text in each direction, each in 128 bytes with zeros behind it, so that
 * not even its length tells anything on the wire.
 *
 *   bank    READY                      the bank, too, has appraised its peer
 *   client  LOGIN PIN NAME             opens an account at the first time
 *   client  BALANCE
 *   client  TRANSFER AMOUNT NAME
 *   bank    OK [BALANCE] | NO reason
 */
#ifndef TERRA_MESSAGE_H
#define TERRA_MESSAGE_H

#include <openssl/ssl.h>

enum { MESSAGE_SIZE = 128, NAME_LIMIT = 40, PIN_LIMIT = 8 };

/* 1, or 0 if the connection is gone; what is too long for a message is cut. */
__attribute__((format(printf, 2, 3))) int message_send(SSL *tls, const char *format, ...);

/* 1; 0 or less, as SSL_read, if the connection is gone; -2 if what came is no message. Zero ended, printable. */
int message_receive(SSL *tls, char text[MESSAGE_SIZE + 1]);

/* Amounts in cents: "12", "12.5", "12.50"; -1 for anything else, and for more than a billion. */
long long amount_read(const char *text);

/* "1250.00". Returns `text`. */
const char *amount_text(long long cents, char text[24]);

#endif
