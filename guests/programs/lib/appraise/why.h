/*
 * Reasons: a sentence that says what was wrong. The same words as the TypeScript appraiser's (engine/attestation), so that
 * a test can hold one to the other. Whatever somebody else wrote goes through text_quoted before it gets here.
 */
#ifndef TERRA_WHY_H
#define TERRA_WHY_H

#include <stddef.h>

enum { WHY_LIMIT = 1024 };

struct why {
  char text[WHY_LIMIT];
};

/* What a sentence is about: "the version of the VM's certificate" is {"the version", {"the VM's certificate"}}. */
struct what {
  const char *text;
  const struct what *of;
};

/* "what" and then the formatted rest (which begins with its own blank) make the sentence. Returns 0, for `return why_not(…)`. */
__attribute__((format(printf, 3, 4))) int why_not(struct why *why, const struct what *what, const char *format, ...);

/* The same without a beginning. */
__attribute__((format(printf, 2, 3))) int why_say(struct why *why, const char *format, ...);

/* "the version of the VM's certificate", zero ended, cut to size. */
void what_text(const struct what *what, char *text, size_t size);

#endif
