/* Commands about the machine as a whole: what is in it, what it may do. */
#include <stdio.h>
#include <string.h>

#include "com3.h"
#include "command.h"
#include "identity.h"
#include "images.h"
#include "listing.h"
#include "say.h"
#include "words.h"

static struct listing listing;

static void list(const struct command *command, char **words) {
  static const char *const kinds[] = {"vms", "devices", "media", "images", "limits", 0};
  const char *what[2];
  int tabs = 0;
  int count = words_read(command, words, (struct words_option[]){{.name = "--tabs", .flag = &tabs}, {0}}, what, 0, 1);
  if (count == 0) {
    listing_get(&listing, "vms");
    listing_say(&listing, tabs);
    say("\n", 1);
    what[0] = "devices";
  }
  int known = 0;
  for (int i = 0; kinds[i]; i++) known |= strcmp(kinds[i], what[0]) == 0;
  if (!known) words_misused(command, "there is no list of '%s'", what[0]);
  listing_get(&listing, what[0]);
  listing_say(&listing, tabs);
}

/* "any", or digests separated by commas, ids replaced by what the list of images says. */
static void put_images(const struct command *command, const char *ids) {
  char digests[8192] = "";
  size_t used = 0;
  if (strcmp(ids, "any") == 0) {
    com3_pair("images", ids);
    return;
  }
  size_t last = strlen(ids);
  if (last == 0 || ids[0] == ',' || ids[last - 1] == ',' || strstr(ids, ",,")) {
    words_misused(command, "'%s' is no list of images like pc,hello", ids);
  }
  for (const char *at = ids;;) {
    char id[128], digest[IDENTITY_DIGITS + 1];
    size_t length = strcspn(at, ",");
    if (length >= sizeof id) words_misused(command, "'%.20s...' is no image's id", at);
    memcpy(id, at, length);
    id[length] = 0;
    image_digest(id, digest);
    if (used + IDENTITY_DIGITS + 2 > sizeof digests) words_misused(command, "more than 100 images are named");
    used += (size_t)sprintf(digests + used, "%s%s", used ? "," : "", digest);
    if (at[length] == 0) break;
    at += length + 1;
  }
  com3_begin();
  com3_pair("images", digests);
}

static void limit(const struct command *command, char **words) {
  const char *memory = 0, *images = 0, *share = 0, *vm = 0, *none[1];
  words_read(command, words,
             (struct words_option[]){{.name = "--memory", .value = &memory},
                                     {.name = "--images", .value = &images},
                                     {.name = "--share", .value = &share},
                                     {.name = "--vm", .value = &vm},
                                     {0}},
             none, 0, 0);
  if (!memory && !images && !share) words_misused(command, "no limit is named ('tvmm list limits' shows them)");
  if (vm && !share) words_misused(command, "--vm goes with --share only");
  com3_begin();
  if (images) put_images(command, images); /* first: asking for the list of images is a request of its own */
  com3_pair("memory", memory);
  com3_pair("share", share);
  com3_pair("vm", vm);
  size_t length;
  com3_call("LIMIT", &length);
}

static void ready(const struct command *command, char **words) {
  const char *done = 0, *refused = 0, *none[1];
  words_read(command, words,
             (struct words_option[]){{.name = "--done", .value = &done}, {.name = "--refused", .value = &refused}, {0}},
             none, 0, 0);
  com3_begin();
  com3_number("done", words_number(command, "--done", done ? done : "0", UINT32_MAX));
  com3_number("refused", words_number(command, "--refused", refused ? refused : "0", UINT32_MAX));
  size_t length;
  com3_call("READY", &length);
}

const struct command machine_commands[] = {
    {"list", "[vms|devices|media|images|limits] [--tabs]",
     "shows what is in this machine\n"
     "Without a word: its VMs, then its devices. Long digests are shortened to their first and last four digits.\n\n"
     "  --tabs  for scripts: fields separated by tabs, nothing shortened",
     list},
    {"limit", "[--memory MIB] [--images ID,ID,...|any] [--share S [--vm VM]]",
     "sets limits that bind every caller, the machine's page too\n"
     "  --memory MIB  of all VMs that are on, together\n"
     "  --images ...  which images may run: ids as in 'tvmm list images', digests of 64 digits, or any\n"
     "  --share S     the most processor time that one VM may have, over 0 to 1\n"
     "  --vm VM       that share is for this VM only",
     limit},
    {"ready", "[--done N] [--refused N]",
     "tells the TVMM that the policy has been carried out\n"
     "The policy's runner does this by itself.\n\n"
     "  --done N     calls that were carried out\n"
     "  --refused N  calls that were not",
     ready},
    {0}};
