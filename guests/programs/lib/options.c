#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn)) static void misused(const char *program, const char *what, const char *value) {
  fprintf(stderr, "%s: %s: '%s'; %s --help says what can be given\n", program, what, value, program);
  exit(EXIT_USAGE);
}

static void set(const struct option_value *option, const char *value, const char *program) {
  if (option->text) {
    *option->text = value;
    return;
  }
  if (option->list) {
    if (option->list->count == option->list->limit) misused(program, "one value too many", value);
    option->list->items[option->list->count++] = value;
    return;
  }
  char *end;
  long number = strtol(value, &end, 10);
  if (end == value || *end != 0 || number < 1 || number > 1000000000) {
    misused(program, "not a whole number of 1 or more", value);
  }
  *option->number = (int)number;
}

void options_read(int argc, char **argv, const char *help, const struct option_value *options, const char **file) {
  const char *slash = strrchr(argv[0], '/');
  const char *program = slash ? slash + 1 : argv[0];
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(help, stdout);
      exit(EXIT_DONE);
    }
    if (argv[i][0] != '-' || argv[i][1] == 0) {
      if (!file || *file) misused(program, "one argument too many", argv[i]);
      *file = argv[i];
      continue;
    }
    const struct option_value *option = options;
    while (option->name && strcmp(option->name, argv[i]) != 0) option++;
    if (!option->name) misused(program, "no such option", argv[i]);
    if (i + 1 == argc) misused(program, "a value is missing after", argv[i]);
    set(option, argv[++i], program);
  }
}
