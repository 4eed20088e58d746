#include "vendor.h"

#include <stdio.h>

#include "chain.h"

static int copy(struct slice text, char *into, size_t size, size_t *length) {
  if (text.length > size) return 0;
  memcpy(into, text.at, text.length);
  into[text.length] = 0;
  *length = text.length;
  return 1;
}

static int read_vouching(const struct tcb_info *info, const struct what *what, struct vouching *vouching,
                         struct why *why) {
  if (info->vendor.length == 0 || info->product.length == 0 || info->version.length == 0) {
    return why_not(why, what, " lacks vendor, product or version");
  }
  char quotation[QUOTED_LIMIT];
  const struct slice names[] = {info->vendor, info->product};
  for (size_t i = 0; i < 2; i++) {
    if (text_units(names[i]) > VENDOR_NAME_UNITS) {
      return why_not(why, what, " has a name of %zu characters, %s; at most %d are read", text_units(names[i]),
                     text_quoted(names[i], quotation), VENDOR_NAME_UNITS);
    }
  }
  if (!version_is(info->version)) {
    char whose[64];
    what_text(what, whose, sizeof whose);
    return why_say(why, "in %s, the version %s is not numbers with dots between them, as 1.0.0", whose,
                   text_quoted(info->version, quotation));
  }
  return copy(info->vendor, vouching->vendor, VENDOR_NAME_BYTES, &vouching->vendor_length) &&
         copy(info->product, vouching->product, VENDOR_NAME_BYTES, &vouching->product_length) &&
         copy(info->version, vouching->version, VERSION_LIMIT, &vouching->version_length);
}

struct question {
  enum layer layer;
  const uint8_t *digest;
  const struct policy *policy;
  int64_t time_ms;
  revocation_lookup *is_revoked;
  void *context;
};

/* 1: believed. 0: not, and why; without a sentence if it was not meant for this layer at all. */
static int judge(const struct question *question, struct slice der, const struct what *what, struct vouching *vouching,
                 struct why *why) {
  struct certificate certificate;
  const char *name = layer_names[question->layer];
  if (!certificate_read(der, what, &certificate, why)) return 0;
  const struct tcb_info *info = &certificate.extensions.tcb_info;
  if (!certificate.extensions.has_tcb_info) {
    return why_not(why, what, " has no TcbInfo, so it vouches for nothing");
  }
  if (memcmp(info->digest.at, question->digest, DIGEST_SIZE) != 0) {
    if (info->layer == question->layer) return why_not(why, what, " vouches for another %s", name);
    return 0;
  }
  if (info->layer != question->layer) {
    return why_not(why, what, " vouches for it as %s, not as %s", layer_names[info->layer], name);
  }
  if (!read_vouching(info, what, vouching, why) || !vendor_use_check(&certificate, what, why) ||
      !validity_check(&certificate, question->time_ms, what, why)) {
    return 0;
  }
  char kind[40];
  snprintf(kind, sizeof kind, "vendor's root for %s", name);
  const struct certificate *root = root_find(&certificate, &question->policy->vendors[question->layer],
                                             question->time_ms, what, kind, why);
  if (!root) return 0;
  if (question->is_revoked(question->context, &certificate, root)) return why_not(why, what, " has been revoked");
  return 1;
}

static struct slice version_of(const struct vouching *vouching) {
  return (struct slice){(const uint8_t *)vouching->version, vouching->version_length};
}

/* Latest version first; of equal ones the one that came first. */
static void insert(struct vouchings *vouchings, const struct vouching *vouching) {
  size_t at = vouchings->believed_count++;
  for (; at > 0 && version_compare(version_of(&vouchings->believed[at - 1]), version_of(vouching)) < 0; at--) {
    vouchings->believed[at] = vouchings->believed[at - 1];
  }
  vouchings->believed[at] = *vouching;
}

void vouchings_for(enum layer layer, const uint8_t digest[DIGEST_SIZE], const struct policy *policy, int64_t time_ms,
                   size_t count, vendor_source *source, revocation_lookup *is_revoked, void *context,
                   struct vouchings *vouchings) {
  const struct question question = {layer, digest, policy, time_ms, is_revoked, context};
  vouchings->believed_count = vouchings->refused_count = 0;
  for (size_t index = 0; index < count && index < VENDORS_LIMIT; index++) {
    char text[48];
    snprintf(text, sizeof text, "vendor's certificate %zu", index + 1);
    const struct what what = {text, 0};
    struct slice der;
    struct vouching vouching;
    struct why why = {.text = ""};
    if (source(context, index, &der, &what, &why) && judge(&question, der, &what, &vouching, &why)) {
      insert(vouchings, &vouching);
    } else if (why.text[0]) {
      if (vouchings->refused_count < REFUSALS_SHOWN) vouchings->refused[vouchings->refused_count] = why;
      vouchings->refused_count++;
    }
  }
}
