/* Command lines of the guest tools: --name VALUE, --help, and at most one file. */
#ifndef TERRA_OPTIONS_H
#define TERRA_OPTIONS_H

/* Exit codes of all guest tools. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_DEVICE = 3 };

/* Values of an option that may be given several times. */
struct option_list {
  const char **items;
  int limit;
  int count;
};

struct option_value {
  const char *name; /* "--device"; a 0 ends the list */
  const char **text; /* one of the three: where to put the value */
  int *number;       /* a positive whole number */
  struct option_list *list;
};

/*
 * Reads the command line. Prints help (and exits with EXIT_DONE) for --help, and an error (and exits with EXIT_USAGE)
 * for whatever is not in the list. A lone operand goes to *file; with file 0 there may be none.
 */
void options_read(int argc, char **argv, const char *help, const struct option_value *options, const char **file);

#endif
