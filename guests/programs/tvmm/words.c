#define _GNU_SOURCE
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "say.h"

void words_misused(const struct command *command, const char *format, ...) {
  char what[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  die(EXIT_USAGE, "%s: %s\nusage: tvmm %s %s", command->name, what, command->name, command->usage);
}

static const struct words_option *find(const struct words_option *options, const char *name) {
  while (options->name && strcmp(options->name, name) != 0) options++;
  return options->name ? options : 0;
}

int words_read(const struct command *command, char **words, const struct words_option *options,
               const char **operands, int least, int most) {
  int count = 0, only_operands = 0;
  for (; *words; words++) {
    const char *word = *words;
    if (!only_operands && strcmp(word, "--") == 0) {
      only_operands = 1;
    } else if (!only_operands && word[0] == '-' && word[1] != 0) {
      const struct words_option *option = find(options, word);
      if (!option) words_misused(command, "there is no option %s", word);
      if (option->flag) {
        *option->flag = 1;
      } else {
        if (*option->value) words_misused(command, "%s is given twice", word);
        if (!words[1]) words_misused(command, "a value is missing behind %s", word);
        *option->value = *++words;
      }
    } else {
      if (count == most) words_misused(command, "'%s' is one word too many", word);
      operands[count++] = word;
    }
  }
  if (count < least) words_misused(command, "%s", count == 0 ? "nothing is named" : "something is missing");
  operands[count] = 0;
  return count;
}

uint64_t words_number(const struct command *command, const char *what, const char *word, uint64_t most) {
  char *end;
  errno = 0;
  uint64_t number = strtoull(word, &end, word[0] == '0' && tolower(word[1]) == 'x' ? 16 : 10);
  int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 0;
  if (!isdigit((unsigned char)word[0]) || end[shift ? 1 : 0] != 0) {
    words_misused(command, "%s is '%s'; it should be a number like 4096, 4K or 0x1000", what, word);
  }
  if (errno != 0 || number > most >> shift) {
    words_misused(command, "%s is %s; at most %llu is possible", what, word, (unsigned long long)most);
  }
  return number << shift;
}
