#include "party.h"

#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "keyvalue.h"
#include "options.h"

static const char help[] =
    "usage: PROGRAM [OPTION FILE]...\n"
    "One end of the home banking of Terra Lab; the other has to be attested, and has to attest us.\n\n"
    "  --settings FILE  role, address, peer, port, TLS version (/etc/terra/bank)\n"
    "  --config FILE    the owner's address, peer and TLS version (the disk config, if there is one)\n"
    "  --trust FILE     roots and policy (the disk trust)\n"
    "  --product FILE   what this box is called (/etc/terra/product)\n"
    "  --device PATH    attestation device (attestd's socket, or else the device itself)\n";

void party_options(struct party *party, int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  party->program = slash ? slash + 1 : argv[0];
  party->settings_file = "/etc/terra/bank";
  party->product_file = "/etc/terra/product";
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--settings", .text = &party->settings_file},
                                       {.name = "--config", .text = &party->config_file},
                                       {.name = "--trust", .text = &party->trust_file},
                                       {.name = "--product", .text = &party->product_file},
                                       {.name = "--device", .text = &party->device},
                                       {0}},
               0);
}

int party_open(struct party *party, struct why *why) {
  char text[KEYVALUE_FILE_LIMIT + 1], disk[DISK_PATH_LIMIT];
  keyvalue_read(party->product_file, text);
  keyvalue_get(text, "product", party->product, sizeof party->product);
  keyvalue_get(text, "version", party->version, sizeof party->version);
  if (!settings_read(&party->settings, party->settings_file, party->config_file, why)) return 0;
  if (!settings_apply(&party->settings, why)) return 0;
  const char *path = party->trust_file;
  if (!path) path = disk_find("trust", disk) == 0 ? disk : 0;
  if (!path) return why_say(why, "there is no disk trust");
  return trust_read(&party->trust, path, party->settings.role, why);
}

int party_endorse(struct party *party, const char *data, struct why *why) {
  static const struct slice name = {(const uint8_t *)"trust", 5};
  if (!own_endorse(&party->own, party->device, data, why)) return 0;
  const struct slice root = {party->own.trust, DIGEST_SIZE};
  if (!party->own.has_trust) return why_say(why, "my own certificate names no disk trust, so no peer's can equal it");
  if (policy_require(&party->trust.policy, name, root)) return 1;
  return why_say(why, "my policy requires another disk trust than my own");
}

void party_tell(const struct appraisal *appraisal, void (*tell)(const char *line)) {
  char line[DETAIL_LIMIT + 32];
  int fault = appraisal_fault(appraisal);
  for (int check = 0; check < CHECK_COUNT; check++) {
    const char *mark = check < fault ? "passed" : check == fault ? "failed" : "-";
    snprintf(line, sizeof line, "%s %s: %s", mark, check_names[check], appraisal->checks[check].detail);
    tell(line);
  }
  if (fault == CHECK_COUNT) {
    tell("accepted");
  } else {
    snprintf(line, sizeof line, "refused at %s", check_names[fault]);
    tell(line);
  }
}
