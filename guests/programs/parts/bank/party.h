/* What client and bank are alike in: settings, policy, and keys that the TVMM endorsed. */
#ifndef TERRA_PARTY_H
#define TERRA_PARTY_H

#include "appraise/appraise.h"
#include "appraise/trust.h"
#include "attested/own.h"
#include "settings.h"

struct party {
  const char *program;
  /* From the command line; 0: found by themselves. */
  const char *settings_file, *config_file, *trust_file, *product_file, *device;
  struct settings settings;
  struct trust trust;
  struct own own;
  char product[64], version[24];
};

/* Reads the command line; ends the program for --help and for what is wrong in it. */
void party_options(struct party *party, int argc, char **argv);

/* Settings, network and policy. 0, and why: this box cannot work. */
int party_open(struct party *party, struct why *why);

/*
 * A new key with an endorsement for this use ("tls:bank"), and from then on what a peer must have: the very trust disk that
 * stands in our own certificate, so that no owner gives a box roots of their own unseen. 0, and why.
 */
int party_endorse(struct party *party, const char *data, struct why *why);

/* One line for each check, what layers the peer is made of, and the verdict. */
void party_tell(const struct appraisal *appraisal, void (*tell)(const char *line));

#endif
