/*
 * What tvmm says: answers on standard output, failures on standard error. For whoever watches a script make its calls,
 * both of them, with the call, go to the end of the file that TVMM_TRACE names as well; and to that which TVMM_COUNT
 * names each call adds a line, "done" or "refused".
 */
#ifndef TERRA_SAY_H
#define TERRA_SAY_H

#include <stddef.h>

/* Notes the call for the trace and the count. Until then nothing is traced. */
void say_call(char **words);

/* Text of an answer: standard output, and the trace. */
void say(const char *text, size_t length);

/* An id as an answer of its own. */
void say_id(const char *id);

/* Ends the program with "tvmm: ...". */
__attribute__((noreturn, format(printf, 2, 3))) void die(int code, const char *format, ...);

/* Ends the program when all is done. */
__attribute__((noreturn)) void say_done(void);

#endif
