/* The commands of tvmm: each says what it takes, what it is for, and does it or ends the program. */
#ifndef TERRA_COMMAND_H
#define TERRA_COMMAND_H

struct command {
  const char *name;
  const char *usage; /* what stands behind the name */
  const char *about; /* the first line is what `tvmm help` shows */
  void (*run)(const struct command *command, char **words);
};

/* Ended by one without a name. */
extern const struct command device_commands[], box_commands[], inspection_commands[], machine_commands[];

#endif
