/* Text that somebody else wrote, made fit to be read: UTF-8 checked, control characters out, numbers as people write them. */
#ifndef TERRA_TEXT_H
#define TERRA_TEXT_H

#include "slice.h"

enum { DIGEST_SIZE = 32, DIGEST_DIGITS = 64 };
enum { QUOTED_LIMIT = 360, OID_TEXT_LIMIT = 288, MOMENT_LIMIT = 48, SHORT_DIGEST_LIMIT = 16 };

/* Nonzero if the bytes are UTF-8 (RFC 3629: no surrogates, no overlong forms). */
int text_is_utf8(struct slice text);

/* Characters as JavaScript counts them (UTF-16 units), since both appraisers have to draw a limit at the same place. */
size_t text_units(struct slice text);

/* In quotation marks, cut to 80 units, control characters replaced. Returns `out`. */
const char *text_quoted(struct slice text, char out[QUOTED_LIMIT]);

/* Dotted form of an OID's content that was found to be well formed. Returns `out`. */
const char *text_oid(struct slice oid, char out[OID_TEXT_LIMIT]);

/* "2026-01-31 12:00:00 UTC". Returns `out`. */
const char *text_moment(int64_t time_ms, char out[MOMENT_LIMIT]);

/* Lower-case digits and a closing zero. */
void text_hex(const uint8_t *bytes, size_t count, char *out);

/* First and last four of 64 digits. Returns `out`. */
const char *text_short(const uint8_t digest[DIGEST_SIZE], char out[SHORT_DIGEST_LIMIT]);

/* Reads 64 lower-case digits; 0 if they are anything else. */
int text_digest(struct slice digits, uint8_t digest[DIGEST_SIZE]);

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
int64_t text_days(int year, int month, int day);

#endif
