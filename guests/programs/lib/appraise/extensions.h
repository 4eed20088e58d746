/*
 * X.509 extensions in our profile, read. What the profile does not know is refused, since two appraisers that skip
 * different things reach different verdicts. The counterpart of engine/attestation/extensions.ts.
 */
#ifndef TERRA_EXTENSIONS_H
#define TERRA_EXTENSIONS_H

#include "derread.h"
#include "layers.h"
#include "text.h"

enum { SECONDARIES_LIMIT = 16, SECONDARY_NAME_LIMIT = 20, APPLICATION_DATA_LIMIT = 4096, KEY_IDENTIFIER_LIMIT = 32 };

/* Bits of KeyUsage (RFC 5280, 4.2.1.3), bit 0 being the first one sent. */
enum { USAGE_DIGITAL_SIGNATURE = 0x80, USAGE_KEY_CERT_SIGN = 0x04, USAGE_CRL_SIGN = 0x02 };

/* What a certificate says about a layer: TCG DICE Attestation Architecture, DiceTcbInfo. Texts that are not there have
   no `at`. */
struct tcb_info {
  enum layer layer;
  struct slice digest; /* 32 bytes */
  struct slice vendor, product, version;
};

struct secondary {
  struct slice name;
  struct slice root; /* 32 bytes */
};

struct extensions {
  int has_constraints, constraints_critical, is_ca;
  int path_length; /* -1: none */
  int has_usage, usage_critical, usage;
  struct slice extended; /* content of the list of usages, well formed and not empty; without `at` if it is not there */
  struct slice subject_key, authority_key; /* without `at` if not there */
  int has_tcb_info;
  struct tcb_info tcb_info;
  size_t secondary_count;
  struct secondary secondaries[SECONDARIES_LIMIT];
};

/* One Extension of a list. 0, and why, if it is not well formed. */
struct raw_extension {
  struct slice oid;
  int critical;
  struct slice value;
};
int extension_read(const struct der_node *node, const struct what *what, struct raw_extension *extension,
                   struct why *why);

/* Reads a list (the content of a SEQUENCE OF Extension that has been gone through with extension_read). */
int extensions_read(struct slice list, const struct what *what, struct extensions *extensions, struct why *why);

#endif
