/*
 * What a banking box is set up with. The image's file is its maker's; the disk `config` is the owner's, who may say where on
 * the network the box stands, whom it calls and which TLS it speaks, and nothing that trust rests on: not the role.
 * Both are lines "key=value".
 */
#ifndef TERRA_SETTINGS_H
#define TERRA_SETTINGS_H

#include "appraise/why.h"

enum { SETTING_LIMIT = 32, SETTINGS_TEXT_LIMIT = 4096 };

struct settings {
  char role[SETTING_LIMIT + 1];    /* its section of the trust disk */
  char address[SETTING_LIMIT + 1]; /* its own, "10.0.0.2/24"; empty: the network is not ours to set up */
  char peer[SETTING_LIMIT + 1];    /* a client's: the bank's address */
  char tls[SETTING_LIMIT + 1];     /* "1.2", "1.3"; a server's may be "both" */
  int pci;                         /* of the card */
  int port;
};

/* Reads the image's file, then the disk `config` if there is one: a path, or 0 for the disk of that serial. 0, and why. */
int settings_read(struct settings *settings, const char *image, const char *config, struct why *why);

/* Brings the card up with its address. 0, and why. */
int settings_apply(const struct settings *settings, struct why *why);

#endif
