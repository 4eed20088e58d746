/* What stands behind a command: options anywhere, operands in order; "--" ends the options. */
#ifndef TERRA_WORDS_H
#define TERRA_WORDS_H

#include <stdint.h>

#include "command.h"

struct words_option {
  const char *name;
  const char **value; /* either takes a value */
  int *flag;          /* or is set to 1 */
};

/*
 * Reads the words (ended by a 0) of a command. `options` ends with one without a name; `operands` has room for `most`
 * and a 0. Returns how many operands there are. Whatever is wrong ends the program with EXIT_USAGE and what would be
 * right.
 */
int words_read(const struct command *command, char **words, const struct words_option *options,
               const char **operands, int least, int most);

/* Ends the program: what is wrong, and the command's usage. */
__attribute__((noreturn, format(printf, 2, 3))) void words_misused(const struct command *command, const char *format,
                                                                   ...);

/* A number, decimal or 0x..., with K or M behind it for 1024 and 1048576. */
uint64_t words_number(const struct command *command, const char *what, const char *word, uint64_t most);

#endif
