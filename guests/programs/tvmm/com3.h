/*
 * COM3, the management device: requests whose bodies are lines "key=value" and, behind an empty line, bytes.
 * A request that the TVMM refuses, or that gets no proper reply, ends the program (EXIT_REFUSED, EXIT_DEVICE).
 */
#ifndef TERRA_COM3_H
#define TERRA_COM3_H

#include <stddef.h>
#include <stdint.h>

#define COM3_DEVICE "/dev/ttyS2"

/* ON reads and checks a whole image, on a machine that may have much else to do. */
enum { COM3_PATIENCE_MS = 120000 };

enum { COM3_ID_LIMIT = 64 };

/* Which device, and how long a reply may take. It is opened, and waited for, by the first request. */
void com3_use(const char *path, int patience_ms);

/* A new request's body. */
void com3_begin(void);

/* One line; nothing if the value is 0. What a line cannot hold ends the program (EXIT_USAGE). */
void com3_pair(const char *key, const char *value);
void com3_number(const char *key, uint64_t value);

/* Bytes behind the lines; the last part of a body. */
void com3_bytes(const void *bytes, size_t length);

/* Sends what was put together; the reply is zero ended as well. It is there until the next request. */
const uint8_t *com3_call(const char *verb, size_t *length);

/* The same, for a reply that is an id and a line feed. */
void com3_call_for_id(const char *verb, char id[COM3_ID_LIMIT + 1]);

/* Ends the program because the reply to this verb is not what it should be. */
__attribute__((noreturn, format(printf, 2, 3))) void com3_garbled(const char *verb, const char *format, ...);

#endif
