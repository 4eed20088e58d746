/* Commands that a running program is given, one a line: on its standard input, or through a FIFO that a shell writes to. */
#ifndef TERRA_COMMANDS_H
#define TERRA_COMMANDS_H

#include <stddef.h>

enum { COMMAND_LIMIT = 128 };

struct commands {
  /* To poll for reading; -1 when nothing more can come. */
  int fd;
  char line[COMMAND_LIMIT];
  size_t size;
};

/* Makes the FIFO if it is not there; false with errno. */
_Bool commands_open(struct commands *commands, const char *path);

/* Reads what is there and gives each line that is whole to `obey`. The fd must be readable or not block. */
void commands_read(struct commands *commands, void (*obey)(const char *line));

#endif
