#include "chain.h"

#include <stdio.h>

#include "oids.h"
#include "p256.h"

const struct what chain_names[CHAIN_LENGTH] = {{"the VM's certificate", 0},
                                               {"the TVMM's certificate", 0},
                                               {"the loader's certificate", 0},
                                               {"the firmware's certificate", 0},
                                               {"the chip's certificate", 0}};

static const char *usage_name(struct slice oid, char dotted[OID_TEXT_LIMIT]) {
  if (slice_equal(oid, OID(OID_EVIDENCE))) return "evidence";
  if (slice_equal(oid, OID(OID_VENDOR_CERTIFICATE))) return "vendor's certificate";
  if (slice_equal(oid, OID(OID_SERVER_AUTH))) return "TLS server";
  if (slice_equal(oid, OID(OID_CLIENT_AUTH))) return "TLS client";
  return text_oid(oid, dotted);
}

/* "evidence and TLS server"; cut to size. */
static const char *usage_names(struct slice list, char *names, size_t size) {
  char dotted[OID_TEXT_LIMIT];
  struct der_fields usages = {.rest = list};
  struct der_node usage;
  size_t used = 0;
  snprintf(names, size, "none");
  while (used < size && fields_next(&usages, &usage)) {
    const char *name = usage_name(usage.content, dotted);
    int length = snprintf(names + used, size - used, "%s%s", used > 0 ? " and " : "", name);
    used += length > 0 ? (size_t)length : 0;
  }
  return names;
}

/* What a place demands: a path length (-1: no CA), and the DER of its extended usages (empty: none). */
struct use {
  int path_length;
  struct slice extended;
};

#define USAGE(oid) "\x06\x08" oid
static const struct slice no_usage = {0};
static const struct slice evidence_usage = {(const uint8_t *)"\x06\x15" OID_EVIDENCE, 23};
static const struct slice vendor_usage = {(const uint8_t *)"\x06\x15" OID_VENDOR_CERTIFICATE, 23};
static const struct slice tls_usages = {(const uint8_t *)USAGE(OID_SERVER_AUTH) USAGE(OID_CLIENT_AUTH), 20};

static int check_use(const struct extensions *found, const struct use *use, const struct what *what, struct why *why) {
  if (!found->has_constraints || !found->constraints_critical) {
    return why_not(why, what, " has no critical basicConstraints");
  }
  int ca = use->path_length >= 0;
  if (found->is_ca != ca) {
    return why_not(why, what, " is %s", ca ? "no CA, and must be one" : "a CA, and must not be one");
  }
  if (found->path_length != use->path_length) {
    char length[16] = "unlimited";
    if (found->path_length >= 0) snprintf(length, sizeof length, "%d", found->path_length);
    return why_not(why, what, " has path length %s; %d belongs there", length, use->path_length);
  }
  if (!found->has_usage || !found->usage_critical ||
      found->usage != (ca ? USAGE_KEY_CERT_SIGN : USAGE_DIGITAL_SIGNATURE)) {
    return why_not(why, what, " does not have the critical key usage %s and no other",
                   ca ? "keyCertSign" : "digitalSignature");
  }
  if (!slice_equal(found->extended, use->extended)) {
    char has[512], wanted[64];
    return why_not(why, what, " has the usage %s; %s belongs there", usage_names(found->extended, has, sizeof has),
                   usage_names(use->extended, wanted, sizeof wanted));
  }
  if (!found->subject_key.at || !found->authority_key.at) {
    return why_not(why, what, " lacks a key identifier: its own or its issuer's");
  }
  return 1;
}

int vendor_use_check(const struct certificate *certificate, const struct what *what, struct why *why) {
  const struct use use = {.path_length = -1, .extended = vendor_usage};
  return check_use(&certificate->extensions, &use, what, why);
}

static int is_alphanumeric(uint8_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A chip's only name. Too short to be taken for a digest. */
static int is_chip_serial(struct slice name) {
  if (!name.at || name.length == 0 || name.length > 40 || !is_alphanumeric(name.at[0])) return 0;
  for (size_t i = 0; i < name.length; i++) {
    if (!is_alphanumeric(name.at[i]) && !strchr("._-", name.at[i])) return 0;
    if (name.at[i] == 0) return 0;
  }
  return 1;
}

static int check_chip(const struct certificate *chip, const struct what *what, struct why *why) {
  const struct use use = {.path_length = CHIP_PATH_LENGTH, .extended = no_usage};
  if (!check_use(&chip->extensions, &use, what, why)) return 0;
  if (chip->extensions.has_tcb_info || chip->extensions.secondary_count > 0) {
    return why_not(why, what, " has measurements; a chip is not measured");
  }
  return is_chip_serial(chip->common_name) ||
         why_not(why, what, " does not have a serial number as its only name");
}

static int check_layer(const struct certificate *certificate, enum layer layer, enum leaf_use leaf,
                       uint8_t digest[DIGEST_SIZE], const struct what *what, struct why *why) {
  const struct extensions *found = &certificate->extensions;
  const struct use as_vm = {.path_length = -1, .extended = leaf == LEAF_TLS ? tls_usages : evidence_usage};
  const struct use below = {.path_length = CHIP_PATH_LENGTH - 1 - (int)layer, .extended = no_usage};
  if (!check_use(found, layer == LAYER_VM ? &as_vm : &below, what, why)) return 0;
  if (!found->has_tcb_info) return why_not(why, what, " has no TcbInfo, so it states no measurement");
  if (found->tcb_info.layer != layer) {
    return why_not(why, what, " was issued for the layer %s", layer_names[found->tcb_info.layer]);
  }
  struct slice name = certificate->common_name;
  if (!name.at) return why_not(why, what, " is not named by a common name and nothing else");
  if (!text_digest(name, digest)) {
    char quotation[QUOTED_LIMIT];
    return why_not(why, what, " is named %s, %zu characters; exactly 64 lower-case hexadecimal digits belong there",
                   text_quoted(name, quotation), text_units(name));
  }
  if (memcmp(digest, found->tcb_info.digest.at, DIGEST_SIZE) != 0) {
    char named[SHORT_DIGEST_LIMIT], stated[SHORT_DIGEST_LIMIT];
    return why_not(why, what, " is named %s but its TcbInfo says %s", text_short(digest, named),
                   text_short(found->tcb_info.digest.at, stated));
  }
  if (layer != LAYER_VM && found->secondary_count > 0) {
    return why_not(why, what, " has secondary identities; only a VM has those");
  }
  return 1;
}

int validity_check(const struct certificate *certificate, int64_t time_ms, const struct what *what, struct why *why) {
  char then[MOMENT_LIMIT], now[MOMENT_LIMIT];
  if (time_ms < certificate->not_before_ms) {
    return why_not(why, what, " is not valid before %s; it is %s", text_moment(certificate->not_before_ms, then),
                   text_moment(time_ms, now));
  }
  /* notAfter is written in whole seconds and is itself still valid. */
  if (time_ms >= certificate->not_after_ms + 1000) {
    return why_not(why, what, " has expired at %s; it is %s", text_moment(certificate->not_after_ms, then),
                   text_moment(time_ms, now));
  }
  return 1;
}

static int names_issuer_key(const struct certificate *issuer, const struct certificate *subject) {
  struct slice named = subject->extensions.authority_key, key = issuer->extensions.subject_key;
  return (named.at != 0) == (key.at != 0) && slice_equal(named, key);
}

static int check_link(const struct certificate *subject, const struct certificate *issuer, const struct what *what,
                      const struct what *issuer_what, struct why *why) {
  const struct what issuer_key = {"the key", issuer_what};
  if (!slice_equal(subject->issuer, issuer->subject)) {
    return why_not(why, what, " names an issuer that is not the subject of %s", issuer_what->text);
  }
  if (!names_issuer_key(issuer, subject)) {
    return why_not(why, what, " names an issuer's key that is not the key of %s", issuer_what->text);
  }
  int good = p256_verify(issuer->public_key, subject->tbs, subject->signature, &issuer_key, why);
  if (good == 0) why_not(why, what, " is not signed by the key of %s", issuer_what->text);
  return good > 0;
}

int chain_check(chain_source *source, void *context, size_t count, enum leaf_use use, int64_t time_ms,
                struct chain *chain, struct why *why) {
  if (count != CHAIN_LENGTH) {
    return why_say(why, "the chain has %zu certificates; exactly five belong to it: VM, TVMM, loader, firmware, chip",
                   count);
  }
  for (size_t place = CHAIN_LENGTH; place-- > 0;) {
    const struct what *what = &chain_names[place];
    struct certificate *certificate = &chain->certificates[place];
    struct slice der;
    if (!source(context, place, &der, why) || !certificate_read(der, what, certificate, why)) return 0;
    if (place == CHAIN_LENGTH - 1) {
      if (!check_chip(certificate, what, why) || !validity_check(certificate, time_ms, what, why)) return 0;
      continue;
    }
    enum layer layer = (enum layer)(LAYER_VM - place);
    if (!check_layer(certificate, layer, use, chain->digests[layer], what, why) ||
        !validity_check(certificate, time_ms, what, why) ||
        !check_link(certificate, certificate + 1, what, what + 1, why)) {
      return 0;
    }
  }
  return 1;
}

const struct certificate *root_find(const struct certificate *subject, const struct roots *roots, int64_t time_ms,
                                    const struct what *what, const char *kind, struct why *why) {
  char text[160], whole[80];
  for (size_t i = 0; i < roots->count; i++) {
    const struct certificate *root = &roots->all[i];
    snprintf(text, sizeof text, "the %s", kind);
    const struct what root_key = {"the key", &(struct what){text, 0}};
    if (!slice_equal(subject->issuer, root->subject) || !names_issuer_key(root, subject)) continue;
    if (p256_verify(root->public_key, subject->tbs, subject->signature, &root_key, why) <= 0) continue;
    what_text(what, whole, sizeof whole);
    snprintf(text, sizeof text, "the %s that signed %s", kind, whole);
    return validity_check(root, time_ms, &(struct what){text, 0}, why) ? root : 0;
  }
  why_not(why, what, " is not signed by any %s that I trust (%zu known)", kind, roots->count);
  return 0;
}
