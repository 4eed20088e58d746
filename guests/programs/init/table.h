/*
 * /etc/terra/init: what a box does at its start, a line each, in order. Words are separated by blanks; # begins a
 * comment. An unknown or incomplete line is reported and left out; it never keeps a box from starting.
 *
 *   respawn TTY PATH [ARGUMENT...]           keeps a program running, on a terminal of its own; TTY - is none
 *   once PATH [ARGUMENT...]                  runs a program and waits for its end
 *   mount SOURCE TARGET TYPE [OPTIONS]       makes the folder if it can, mounts
 *   cards-up                                 brings up every network card, without an address
 *   lock-vt                                  no switching between virtual terminals any more
 */
#ifndef TERRA_TABLE_H
#define TERRA_TABLE_H

#include <stddef.h>

enum { TABLE_TEXT_LIMIT = 8192, TABLE_LINES_LIMIT = 64, TABLE_WORDS_LIMIT = 24 };

enum table_verb { TABLE_RESPAWN, TABLE_ONCE, TABLE_MOUNT, TABLE_CARDS_UP, TABLE_LOCK_VT };

struct table_line {
  enum table_verb verb;
  /* What follows the verb, ended by a 0, as execv wants it. */
  char *words[TABLE_WORDS_LIMIT + 1];
};

struct table {
  size_t count;
  struct table_line lines[TABLE_LINES_LIMIT];
};

/* Cuts the text into lines and words, in place. Calls `report` for each line that is left out. */
void table_read(struct table *table, char *text, void (*report)(const char *format, ...));

#endif
