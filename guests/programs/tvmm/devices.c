/* Commands that make, join and destroy devices. */
#include <stdio.h>
#include <string.h>

#include "com3.h"
#include "command.h"
#include "images.h"
#include "say.h"
#include "words.h"

static void create_disk(const struct command *command, char **words) {
  const char *medium = 0, *class = 0, *root = 0, *salt = 0, *of = 0, *slot = 0, *serial = 0, *none[1];
  char medium_of[140], root_of[IDENTITY_DIGITS + 1], salt_of[IMAGE_SALT_LIMIT + 1];
  int counter = 0;
  words_read(command, words,
             (struct words_option[]){{.name = "--medium", .value = &medium},
                                     {.name = "--class", .value = &class},
                                     {.name = "--root", .value = &root},
                                     {.name = "--salt", .value = &salt},
                                     {.name = "--of", .value = &of},
                                     {.name = "--slot", .value = &slot},
                                     {.name = "--serial", .value = &serial},
                                     {.name = "--counter", .flag = &counter},
                                     {0}},
             none, 0, 0);
  if (of) {
    if (root || salt) words_misused(command, "--of says root and salt already");
    if (snprintf(medium_of, sizeof medium_of, "%s.boot", of) >= (int)sizeof medium_of) {
      words_misused(command, "'%.20s...' is no image's id", of);
    }
    image_disk(of, root_of, salt_of);
    root = root_of;
    salt = salt_of;
    if (!medium) medium = medium_of;
    if (!class) class = "attested";
    if (!slot) slot = "0";
  }
  if (!medium) words_misused(command, "--medium is missing: 'tvmm list media' shows which there are");
  if (!class) words_misused(command, "--class is missing: raw, or attested");
  if (strcmp(class, "attested") == 0 && (!root || !salt)) {
    words_misused(command, "an attested disk needs --of IMAGE, or both --root and --salt");
  }
  com3_begin();
  com3_pair("type", "disk");
  com3_pair("medium", medium);
  com3_pair("class", class);
  com3_pair("root", root);
  com3_pair("salt", salt);
  com3_pair("slot", slot);
  com3_pair("serial", serial);
  com3_pair("counter", counter ? "true" : 0);
}

static void create_nic(const struct command *command, char **words) {
  const char *role = 0, *mac = 0, *none[1];
  words_read(command, words,
             (struct words_option[]){{.name = "--role", .value = &role}, {.name = "--mac", .value = &mac}, {0}}, none,
             0, 0);
  com3_begin();
  com3_pair("type", "nic");
  com3_pair("role", role);
  com3_pair("mac", mac);
}

static void create_display(const struct command *command, char **words) {
  const char *none[1];
  words_read(command, words, (struct words_option[]){{0}}, none, 0, 0);
  com3_begin();
  com3_pair("type", "display");
}

static void create_serial(const struct command *command, char **words) {
  const char *purpose = 0, *none[1];
  words_read(command, words, (struct words_option[]){{.name = "--purpose", .value = &purpose}, {0}}, none, 0, 0);
  if (!purpose) words_misused(command, "--purpose is missing: console, attestation or management");
  com3_begin();
  com3_pair("type", "serial");
  com3_pair("purpose", purpose);
}

static void create_device(const struct command *command, char **words) {
  static const struct {
    const char *type;
    void (*create)(const struct command *command, char **words);
  } types[] = {{"disk", create_disk}, {"nic", create_nic}, {"display", create_display}, {"serial", create_serial}};
  if (!words[0]) words_misused(command, "the kind of device is missing: disk, nic, display or serial");
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strcmp(words[0], types[i].type) != 0) continue;
    char id[COM3_ID_LIMIT + 1];
    types[i].create(command, words + 1);
    com3_call_for_id("CREATE-DEVICE", id);
    say_id(id);
    return;
  }
  words_misused(command, "'%s' is no kind of device; there are disk, nic, display and serial", words[0]);
}

static void pair_of(const struct command *command, char **words, const char *verb) {
  const char *ends[3];
  words_read(command, words, (struct words_option[]){{0}}, ends, 2, 2);
  com3_begin();
  com3_pair("a", ends[0]);
  com3_pair("b", ends[1]);
  size_t length;
  com3_call(verb, &length);
}

static void do_connect(const struct command *command, char **words) { pair_of(command, words, "CONNECT"); }

static void do_disconnect(const struct command *command, char **words) { pair_of(command, words, "DISCONNECT"); }

static void destroy_device(const struct command *command, char **words) {
  const char *device[2];
  words_read(command, words, (struct words_option[]){{0}}, device, 1, 1);
  com3_begin();
  com3_pair("device", device[0]);
  size_t length;
  com3_call("DESTROY-DEVICE", &length);
}

const struct command device_commands[] = {
    {"create-device",
     "disk|nic|display|serial [OPTION...]   ('tvmm help create-device' lists them)",
     "makes a device and prints its id\n"
     "disk --medium M --class raw|attested [--root R --salt S] [--slot N] [--serial S] [--counter]\n"
     "disk --of IMAGE [...]\n"
     "  --medium M   the medium that holds it ('tvmm list media')\n"
     "  --class C    raw: as it is; attested: each block is checked against --root\n"
     "  --root R     root of its hash tree, 64 hexadecimal digits; --salt S: the tree's salt\n"
     "  --of IMAGE   the boot disk of this image: its root and salt, medium IMAGE.boot, class attested, slot 0,\n"
     "               as far as nothing else is said\n"
     "  --slot N     0 is the boot disk; without it the first slot that is free and not declared\n"
     "  --serial S   what the box finds it by, if the slot is not declared\n"
     "  --counter    with a secure counter\n"
     "nic [--role R] [--mac M]\n"
     "  --role R     the part that it plays in a box that declares one\n"
     "  --mac M      its address, like 52:54:00:12:34:56\n"
     "display\n"
     "serial --purpose console|attestation|management",
     create_device},
    {"destroy-device", "DEVICE", "destroys a device that is attached to no VM", destroy_device},
    {"connect", "DEVICE DEVICE", "lets frames pass between two network cards", do_connect},
    {"disconnect", "DEVICE DEVICE", "lets them pass no more", do_disconnect},
    {0}};
