/*
 * tvmm: the owner's calls to the TVMM (paper 4.4), from the machine's management box. It asks, over COM3; the TVMM
 * decides. Prints ids alone, so that a script can keep them.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "com3.h"
#include "command.h"
#include "options.h"
#include "say.h"

static const struct command *const groups[] = {box_commands, device_commands, inspection_commands, machine_commands};
enum { GROUPS = sizeof groups / sizeof *groups };
static const char *const titles[GROUPS] = {"Boxes", "Devices", "Looking into open boxes", "The machine"};

static const char head[] =
    "usage: tvmm [--device PATH] [--patience MS] COMMAND [...]\n"
    "Asks this machine's TVMM for what its owner may have. VM is a VM's id or name, DEVICE a device's id.\n";
static const char foot[] =
    "\n'tvmm help COMMAND' says more about one.\n\n"
    "  --device PATH  the management device (" COM3_DEVICE ")\n"
    "  --patience MS  how long a reply may take (120000)\n\n"
    "Ends with 0; 1: the TVMM refused; 2: wrong usage, or a file of this box; 3: no device, or no proper reply.\n";

static const struct command *find(const char *name) {
  for (int group = 0; group < GROUPS; group++) {
    for (const struct command *command = groups[group]; command->name; command++) {
      if (strcmp(command->name, name) == 0) return command;
    }
  }
  die(EXIT_USAGE, "there is no command '%s'; 'tvmm help' lists them", name);
}

__attribute__((noreturn)) static void help(const char *name) {
  if (name) {
    const struct command *command = find(name);
    printf("usage: tvmm %s %s\n%c%s\n", command->name, command->usage, toupper(command->about[0]), command->about + 1);
    exit(EXIT_DONE);
  }
  fputs(head, stdout);
  for (int group = 0; group < GROUPS; group++) {
    printf("\n%s\n", titles[group]);
    for (const struct command *command = groups[group]; command->name; command++) {
      printf("  %-15s %.*s\n", command->name, (int)strcspn(command->about, "\n"), command->about);
    }
  }
  fputs(foot, stdout);
  exit(EXIT_DONE);
}

static int asks_for_help(char **words) {
  for (; *words; words++) {
    if (strcmp(*words, "--help") == 0) return 1;
  }
  return 0;
}

/* Options before the command; returns where the command stands. */
static char **common_options(char **words) {
  const char *device = 0;
  int patience = 0;
  while (*words && (*words)[0] == '-' && strcmp(*words, "--help") != 0) {
    int is_device = strcmp(*words, "--device") == 0;
    if (!is_device && strcmp(*words, "--patience") != 0) {
      die(EXIT_USAGE, "there is no option %s before the command; 'tvmm help' lists them", *words);
    }
    if (!words[1]) die(EXIT_USAGE, "a value is missing behind %s", *words);
    if (is_device) device = words[1];
    else patience = atoi(words[1]);
    if (!is_device && patience < 1) die(EXIT_USAGE, "--patience is '%s'; it should be milliseconds", words[1]);
    words += 2;
  }
  com3_use(device, patience);
  return words;
}

int main(int argc, char **argv) {
  (void)argc;
  char **words = common_options(argv + 1);
  if (!*words) die(EXIT_USAGE, "what to do is missing; 'tvmm help' lists the commands");
  if (strcmp(*words, "help") == 0 || strcmp(*words, "--help") == 0) help(words[1]);
  const struct command *command = find(*words);
  if (asks_for_help(words + 1)) help(*words);
  /* Only the runner says that it is ready, and that is no call of the policy's. */
  if (strcmp(command->name, "ready") != 0) say_call(words);
  command->run(command, words + 1);
  say_done();
}
