/* Commands that make, start, stop and destroy VMs, and attach devices to them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "com3.h"
#include "command.h"
#include "options.h"
#include "say.h"
#include "words.h"

enum { CERTIFICATES_LIMIT = 40960 };

/* The file's text in base64. */
static const char *certificates(const char *path) {
  static uint8_t text[CERTIFICATES_LIMIT + 1];
  static char encoded[BASE64_LENGTH(CERTIFICATES_LIMIT) + 1];
  FILE *in = fopen(path, "rb");
  if (!in) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
  size_t length = fread(text, 1, sizeof text, in);
  int failed = ferror(in) ? errno : 0;
  fclose(in);
  if (failed) die(EXIT_USAGE, "%s: %s", path, strerror(failed));
  if (length > CERTIFICATES_LIMIT) die(EXIT_USAGE, "%s is longer than %d bytes", path, CERTIFICATES_LIMIT);
  base64_encode(text, length, encoded);
  return encoded;
}

static void create_vm(const struct command *command, char **words) {
  const char *name[2], *image = 0, *medium = 0, *checking = 0, *share = 0, *file = 0;
  char firmware[140];
  int as_open = 0;
  words_read(command, words,
             (struct words_option[]){{.name = "--image", .value = &image},
                                     {.name = "--medium", .value = &medium},
                                     {.name = "--as-open", .flag = &as_open},
                                     {.name = "--checking", .value = &checking},
                                     {.name = "--share", .value = &share},
                                     {.name = "--vendor-certificates", .value = &file},
                                     {0}},
             name, 1, 1);
  if (!image && !medium) words_misused(command, "--image is missing: 'tvmm list images' shows which there are");
  if (!medium) {
    if (snprintf(firmware, sizeof firmware, "%s.firmware", image) >= (int)sizeof firmware) {
      words_misused(command, "'%.20s...' is no image's id", image);
    }
    medium = firmware;
    image = 0; /* the TVMM names it after its medium */
  }
  char id[COM3_ID_LIMIT + 1];
  com3_begin();
  com3_pair("name", name[0]);
  com3_pair("medium", medium);
  com3_pair("image", image);
  com3_pair("as-open", as_open ? "true" : 0);
  com3_pair("checking", checking);
  com3_pair("share", share);
  com3_pair("vendor-certificates", file ? certificates(file) : 0);
  com3_call_for_id("CREATE-VM", id);
  say_id(id);
}

/* Each in turn: the first that is refused is the last. */
static void join(const struct command *command, char **words, const char *verb) {
  enum { DEVICES_LIMIT = 64 };
  const char *named[DEVICES_LIMIT + 2];
  int count = words_read(command, words, (struct words_option[]){{0}}, named, 2, DEVICES_LIMIT + 1);
  for (int i = 1; i < count; i++) {
    size_t length;
    com3_begin();
    com3_pair("vm", named[0]);
    com3_pair("device", named[i]);
    com3_call(verb, &length);
  }
}

static void each(const struct command *command, char **words, const char *verb) {
  enum { VMS_LIMIT = 64 };
  const char *vms[VMS_LIMIT + 1];
  int count = words_read(command, words, (struct words_option[]){{0}}, vms, 1, VMS_LIMIT);
  for (int i = 0; i < count; i++) {
    size_t length;
    com3_begin();
    com3_pair("vm", vms[i]);
    com3_call(verb, &length);
  }
}

static void attach(const struct command *command, char **words) { join(command, words, "ATTACH"); }
static void detach(const struct command *command, char **words) { join(command, words, "DETACH"); }
static void on(const struct command *command, char **words) { each(command, words, "ON"); }
static void off(const struct command *command, char **words) { each(command, words, "OFF"); }
static void suspend(const struct command *command, char **words) { each(command, words, "SUSPEND"); }
static void resume(const struct command *command, char **words) { each(command, words, "RESUME"); }
static void destroy_vm(const struct command *command, char **words) { each(command, words, "DESTROY-VM"); }

const struct command box_commands[] = {
    {"create-vm",
     "NAME --image ID [--medium M] [--as-open] [--checking C] [--share S] [--vendor-certificates FILE]",
     "makes a VM without devices and prints its id\n"
     "  --image ID    an image of this machine ('tvmm list images'), medium ID.firmware\n"
     "  --medium M    the medium to make it from; --image is then a name for lists only\n"
     "  --as-open     makes an open box of a closed image: without identity, and without keys\n"
     "  --checking C  of its attested disks: ahead-of-time, optimistic, or (open boxes) none\n"
     "  --share S     processor time that it may have, over 0 to 1\n"
     "  --vendor-certificates FILE\n"
     "                PEM, handed on to whoever asks the box who it is",
     create_vm},
    {"attach", "VM DEVICE...", "attaches devices to a VM that is off", attach},
    {"detach", "VM DEVICE...", "takes devices off a VM that is off", detach},
    {"on", "VM...", "switches VMs on, one after the other", on},
    {"off", "VM...", "switches VMs off, as if by pulling the plug", off},
    {"suspend", "VM...", "stops VMs where they are, if their makers allow it", suspend},
    {"resume", "VM...", "lets suspended VMs go on", resume},
    {"destroy-vm", "VM...", "destroys VMs that are off; their devices stay", destroy_vm},
    {0}};
