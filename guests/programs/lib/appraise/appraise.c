#include "appraise.h"

#include <stdarg.h>
#include <stdio.h>

#include "p256.h"
#include "pemread.h"

const char *const check_names[CHECK_COUNT] = {"freshness", "chain", "hardware", "revocation", "firmware",
                                              "loader",    "tvmm",  "vm",       "secondary"};

/* The signed text; its closing zero is signed too. */
static const char context[] = "terra-evidence-v1";

struct runner {
  const struct policy *policy;
  const struct evidence *evidence;
  int64_t time_ms;
  struct appraisal *appraisal;
  struct chain chain;
  const struct certificate *root;                    /* that certified the chip */
  const struct certificate *signers[POLICY_LISTS];   /* of the policy's lists */
  struct vouchings vouchings;
  uint8_t chain_der[CHAIN_LENGTH][CERTIFICATE_BYTES];
  uint8_t leaf_der[CERTIFICATE_BYTES];
  uint8_t vendor_der[CERTIFICATE_BYTES];
};

/* Writes a check's detail; returns whether it passed. */
__attribute__((format(printf, 4, 5))) static int conclude(struct runner *runner, int check, int passed,
                                                          const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(runner->appraisal->checks[check].detail, DETAIL_LIMIT, format, arguments);
  va_end(arguments);
  return passed;
}

static int refuse(struct runner *runner, int check, const struct why *why) {
  return conclude(runner, check, 0, "%s", why->text);
}

/* DER of one certificate as it came. */
static int decode(const struct evidence *evidence, struct slice came, const struct what *what,
                  uint8_t room[CERTIFICATE_BYTES], struct slice *der, struct why *why) {
  *der = came;
  if (!evidence->is_pem) return 1;
  size_t length;
  if (!pem_certificate(came, room, CERTIFICATE_BYTES, what, &length, why)) return 0;
  if (length > CERTIFICATE_BYTES) {
    return why_not(why, what, " has %zu bytes; at most %d are accepted", length, CERTIFICATE_BYTES);
  }
  *der = (struct slice){room, length};
  return 1;
}

static int chain_certificate(void *context_, size_t place, struct slice *der, struct why *why) {
  struct runner *runner = context_;
  return decode(runner->evidence, runner->evidence->chain[place], &chain_names[place], runner->chain_der[place], der,
                why);
}

static int vendor_certificate(void *context_, size_t index, struct slice *der, const struct what *what,
                              struct why *why) {
  struct runner *runner = context_;
  return decode(runner->evidence, runner->evidence->vendors[index], what, runner->vendor_der, der, why);
}

static int has_form(const struct evidence *evidence, struct why *why) {
  const char *too_many = "the evidence has %zu certificates in its %s; at most %d are read";
  if (evidence->signature.length > P256_SIGNATURE_LIMIT) {
    return why_say(why, "the evidence has a signature of %zu bytes; at most %d are possible",
                   evidence->signature.length, P256_SIGNATURE_LIMIT);
  }
  if (evidence->chain_count > EVIDENCE_CERTIFICATES) {
    return why_say(why, too_many, evidence->chain_count, "chain", EVIDENCE_CERTIFICATES);
  }
  if (evidence->vendor_count > VENDORS_LIMIT) {
    return why_say(why, too_many, evidence->vendor_count, "vendors", VENDORS_LIMIT);
  }
  return 1;
}

/* Needs no more of the leaf than its public key; all else about it is the next check's. */
static int check_freshness(struct runner *runner) {
  static const struct what what = {"the leaf certificate", 0}, whose = {"the leaf's key", 0};
  const struct evidence *evidence = runner->evidence;
  struct why why;
  struct slice der;
  struct certificate leaf;
  if (!has_form(evidence, &why)) return refuse(runner, CHECK_FRESHNESS, &why);
  if (evidence->chain_count == 0) {
    return conclude(runner, CHECK_FRESHNESS, 0,
                    "the evidence has no certificate, so there is no key to check its signature with");
  }
  if (!decode(evidence, evidence->chain[0], &what, runner->leaf_der, &der, &why) ||
      !certificate_read_frame(der, &what, &leaf, &why)) {
    return refuse(runner, CHECK_FRESHNESS, &why);
  }
  if (evidence->use == LEAF_TLS) {
    return conclude(runner, CHECK_FRESHNESS, 1, "the key of the leaf certificate signed this very handshake");
  }
  uint8_t message[sizeof context + NONCE_SIZE + SHA256_SIZE];
  memcpy(message, context, sizeof context);
  memcpy(message + sizeof context, evidence->nonce, NONCE_SIZE);
  sha256(der, message + sizeof context + NONCE_SIZE);
  int good = p256_verify(leaf.public_key, (struct slice){message, sizeof message}, evidence->signature, &whose, &why);
  if (good < 0) return refuse(runner, CHECK_FRESHNESS, &why);
  if (good == 0) {
    return conclude(runner, CHECK_FRESHNESS, 0,
                    "the signature does not fit this nonce and the leaf certificate: the evidence is an old one, was "
                    "changed, or was signed with another key");
  }
  return conclude(runner, CHECK_FRESHNESS, 1, "the key of the leaf certificate signed my nonce");
}

static int check_chain(struct runner *runner) {
  struct why why;
  struct appraisal *appraisal = runner->appraisal;
  if (!chain_check(chain_certificate, runner, runner->evidence->chain_count, runner->evidence->use, runner->time_ms,
                   &runner->chain, &why)) {
    return refuse(runner, CHECK_CHAIN, &why);
  }
  appraisal->has_layers = 1;
  for (int layer = 0; layer < LAYER_COUNT; layer++) {
    memcpy(appraisal->layers[layer].digest, runner->chain.digests[layer], DIGEST_SIZE);
  }
  const struct extensions *leaf = &runner->chain.certificates[0].extensions;
  appraisal->secondary_count = leaf->secondary_count;
  for (size_t i = 0; i < leaf->secondary_count; i++) {
    memcpy(appraisal->secondaries[i].name, leaf->secondaries[i].name.at, leaf->secondaries[i].name.length);
    memcpy(appraisal->secondaries[i].root, leaf->secondaries[i].root.at, DIGEST_SIZE);
  }
  return conclude(runner, CHECK_CHAIN, 1,
                  "five certificates from the chip to the VM, each signed by the one below it, each made as its place "
                  "demands");
}

static const struct certificate *chip_of(const struct runner *runner) {
  return &runner->chain.certificates[CHAIN_LENGTH - 1];
}

/* "chip TL-0001": its name was found to be a serial number. */
static const char *chip_name(const struct runner *runner, char name[48]) {
  struct slice serial = chip_of(runner)->common_name;
  snprintf(name, 48, "chip %.*s", (int)serial.length, (const char *)serial.at);
  return name;
}

static int check_hardware(struct runner *runner) {
  struct why why;
  char chip[48], whole[80], quotation[QUOTED_LIMIT];
  snprintf(whole, sizeof whole, "the certificate of %s", chip_name(runner, chip));
  runner->root = root_find(chip_of(runner), &runner->policy->hardware, runner->time_ms, &(struct what){whole, 0},
                           "hardware root", &why);
  if (!runner->root) return refuse(runner, CHECK_HARDWARE, &why);
  struct slice name = runner->root->common_name;
  return conclude(runner, CHECK_HARDWARE, 1, "%s is certified by %s", chip,
                  name.at ? text_quoted(name, quotation) : "\"a root that I trust\"");
}

static const struct certificate *list_signer(const struct revocation_list *list, const struct roots *roots) {
  static const struct what whose = {"the root's key", 0};
  struct why ignored;
  for (size_t i = 0; i < roots->count; i++) {
    const struct certificate *root = &roots->all[i];
    if (!(root->extensions.usage & USAGE_CRL_SIGN) || !slice_equal(root->subject, list->issuer)) continue;
    if (p256_verify(root->public_key, list->tbs, list->signature, &whose, &ignored) > 0) return root;
  }
  return 0;
}

static int check_list(struct runner *runner, size_t index, struct why *why) {
  const struct revocation_list *list = &runner->policy->lists[index];
  const struct certificate *signer = list_signer(list, &runner->policy->hardware);
  for (int layer = 0; !signer && layer < LAYER_COUNT; layer++) {
    signer = list_signer(list, &runner->policy->vendors[layer]);
  }
  runner->signers[index] = signer;
  char text[40], then[MOMENT_LIMIT], now[MOMENT_LIMIT];
  snprintf(text, sizeof text, "revocation list %zu", index + 1);
  const struct what what = {text, 0};
  if (!signer) return why_not(why, &what, " is not signed by any root that I trust");
  if (runner->time_ms < list->this_update_ms) {
    return why_not(why, &what, " is of the future: it was issued at %s", text_moment(list->this_update_ms, then));
  }
  if (runner->time_ms >= list->next_update_ms + 1000) {
    return why_not(why, &what, " is too old: the next one was due at %s; it is %s",
                   text_moment(list->next_update_ms, then), text_moment(runner->time_ms, now));
  }
  return 1;
}

/* One root may stand in a policy more than once, for two layers or renewed: its name and key make it the same issuer. */
static int is_same_issuer(const struct certificate *left, const struct certificate *right) {
  return slice_equal(left->subject, right->subject) && slice_equal(left->public_key, right->public_key);
}

static int is_revoked(void *context_, const struct certificate *certificate, const struct certificate *root) {
  const struct runner *runner = context_;
  for (size_t i = 0; i < runner->policy->list_count; i++) {
    if (is_same_issuer(runner->signers[i], root) &&
        revocation_list_names(&runner->policy->lists[i], certificate->serial)) {
      return 1;
    }
  }
  return 0;
}

static int check_revocation(struct runner *runner) {
  size_t count = runner->policy->list_count, relevant = 0;
  struct why why;
  for (size_t i = 0; i < count; i++) {
    if (!check_list(runner, i, &why)) return refuse(runner, CHECK_REVOCATION, &why);
  }
  if (count == 0) {
    return conclude(runner, CHECK_REVOCATION, 1, "my policy has no revocation lists, so none was consulted");
  }
  char chip[48];
  chip_name(runner, chip);
  for (size_t i = 0; i < count; i++) relevant += is_same_issuer(runner->signers[i], runner->root) ? 1 : 0;
  if (relevant == 0) {
    return conclude(runner, CHECK_REVOCATION, 0,
                    "none of my %zu revocation list(s) is of the root that certified %s", count, chip);
  }
  if (is_revoked(runner, chip_of(runner), runner->root)) {
    return conclude(runner, CHECK_REVOCATION, 0,
                    "the certificate of %s has been revoked by the root that issued it", chip);
  }
  return conclude(runner, CHECK_REVOCATION, 1, "%s is on none of my %zu revocation list(s) of its root", chip,
                  relevant);
}

static struct slice zero_ended(const char *text, size_t length) {
  return (struct slice){(const uint8_t *)text, length};
}

static int is_product(const struct vouching *vouching, const struct acceptable *entry) {
  return slice_equal(zero_ended(vouching->product, vouching->product_length), entry->product);
}

static int is_late_enough(const struct vouching *vouching, const struct acceptable *entry) {
  return !entry->least_version.at ||
         version_compare(zero_ended(vouching->version, vouching->version_length), entry->least_version) >= 0;
}

static void append(char *text, size_t size, const char *more) {
  size_t used = strlen(text);
  snprintf(text + used, size - used, "%s", more);
}

static int refuse_layer(struct runner *runner, enum layer layer, const char *name) {
  const struct policy *policy = runner->policy;
  const struct vouchings *vouchings = &runner->vouchings;
  int check = CHECK_FIRMWARE + (int)layer;
  char text[DETAIL_LIMIT - 256] = "";
  if (policy->accept[layer].count == 0) {
    return conclude(runner, check, 0, "%s: my policy accepts no %s at all", name, layer_names[layer]);
  }
  if (vouchings->believed_count == 0) {
    for (size_t i = 0; i < vouchings->refused_count && i < REFUSALS_SHOWN; i++) {
      append(text, sizeof text, i == 0 ? " (" : "; ");
      append(text, sizeof text, vouchings->refused[i].text);
    }
    if (vouchings->refused_count > 0) {
      append(text, sizeof text, vouchings->refused_count > REFUSALS_SHOWN ? "; \xe2\x80\xa6)" : ")");
    }
    return conclude(runner, check, 0, "%s is not on my list, and no vendor vouches for it%s", name, text);
  }
  for (size_t i = 0; i < vouchings->believed_count; i++) {
    const struct vouching *vouching = &vouchings->believed[i];
    const struct acceptable *known = 0;
    for (size_t j = 0; j < policy->accept[layer].count && !known; j++) {
      const struct acceptable *entry = &policy->accept[layer].all[j];
      if (!entry->is_digest && is_product(vouching, entry)) known = entry;
    }
    char quotation[QUOTED_LIMIT], product[QUOTED_LIMIT + 2 * VERSION_LIMIT + 64];
    text_quoted(zero_ended(vouching->product, vouching->product_length), quotation);
    if (known) {
      snprintf(product, sizeof product, "%s %s, which is older than %.*s", quotation, vouching->version,
               (int)known->least_version.length, (const char *)known->least_version.at);
    } else {
      snprintf(product, sizeof product, "%s %s, which is none of the products that I accept", quotation,
               vouching->version);
    }
    append(text, sizeof text, i == 0 ? "" : ", or ");
    append(text, sizeof text, product);
  }
  return conclude(runner, check, 0, "%s is not on my list; its vendor says that it is %s", name, text);
}

static int check_layer(struct runner *runner, enum layer layer) {
  const struct policy *policy = runner->policy;
  struct vouchings *vouchings = &runner->vouchings;
  struct appraised_layer *result = &runner->appraisal->layers[layer];
  const uint8_t *digest = runner->chain.digests[layer];
  int check = CHECK_FIRMWARE + (int)layer;
  char shortened[SHORT_DIGEST_LIMIT], name[32], product[QUOTED_LIMIT], vendor[QUOTED_LIMIT], from[VERSION_LIMIT + 32];
  snprintf(name, sizeof name, "%s %s", layer_names[layer], text_short(digest, shortened));
  vouchings_for(layer, digest, policy, runner->time_ms, runner->evidence->vendor_count, vendor_certificate, is_revoked,
                runner, vouchings);
  result->is_vouched = vouchings->believed_count > 0;
  if (result->is_vouched) result->vouching = vouchings->believed[0];
  for (size_t i = 0; i < policy->accept[layer].count; i++) {
    const struct acceptable *entry = &policy->accept[layer].all[i];
    if (entry->is_digest) {
      if (memcmp(entry->digest, digest, DIGEST_SIZE) == 0) return conclude(runner, check, 1, "%s is on my list", name);
      continue;
    }
    for (size_t j = 0; j < vouchings->believed_count; j++) {
      const struct vouching *vouching = &vouchings->believed[j];
      if (!is_product(vouching, entry) || !is_late_enough(vouching, entry)) continue;
      result->vouching = *vouching;
      text_quoted(zero_ended(vouching->product, vouching->product_length), product);
      text_quoted(zero_ended(vouching->vendor, vouching->vendor_length), vendor);
      snprintf(from, sizeof from, "from version %.*s on", (int)entry->least_version.length,
               (const char *)entry->least_version.at);
      return conclude(runner, check, 1, "%s is %s %s, says its vendor %s; I accept it %s", name, product,
                      vouching->version, vendor, entry->least_version.at ? from : "in any version");
    }
  }
  return refuse_layer(runner, layer, name);
}

static int check_secondaries(struct runner *runner) {
  const struct policy *policy = runner->policy;
  const struct extensions *leaf = &runner->chain.certificates[0].extensions;
  char wanted[SHORT_DIGEST_LIMIT], actual[SHORT_DIGEST_LIMIT], quotation[QUOTED_LIMIT];
  for (size_t i = 0; i < policy->required_count; i++) {
    const struct secondary *required = &policy->required[i], *found = 0;
    for (size_t j = 0; j < leaf->secondary_count && !found; j++) {
      if (slice_equal(leaf->secondaries[j].name, required->name)) found = &leaf->secondaries[j];
    }
    text_quoted(required->name, quotation);
    text_short(required->root.at, wanted);
    if (!found) {
      return conclude(runner, CHECK_SECONDARY, 0, "the VM has no attested disk %s; %s is required there", quotation,
                      wanted);
    }
    if (!slice_equal(found->root, required->root)) {
      return conclude(runner, CHECK_SECONDARY, 0, "the VM's attested disk %s is %s; %s is required", quotation,
                      text_short(found->root.at, actual), wanted);
    }
  }
  char present[SECONDARIES_LIMIT * (SECONDARY_NAME_LIMIT + SHORT_DIGEST_LIMIT + 4)] = "";
  for (size_t i = 0; i < leaf->secondary_count; i++) {
    char each[SECONDARY_NAME_LIMIT + SHORT_DIGEST_LIMIT + 4];
    snprintf(each, sizeof each, "%s%.*s %s", i == 0 ? "" : ", ", (int)leaf->secondaries[i].name.length,
             (const char *)leaf->secondaries[i].name.at, text_short(leaf->secondaries[i].root.at, actual));
    append(present, sizeof present, each);
  }
  return conclude(runner, CHECK_SECONDARY, 1, "required attested disks: %zu, all as required; present: %s",
                  policy->required_count, leaf->secondary_count > 0 ? present : "none");
}

static int run(struct runner *runner, int check) {
  switch (check) {
    case CHECK_FRESHNESS: return check_freshness(runner);
    case CHECK_CHAIN: return check_chain(runner);
    case CHECK_HARDWARE: return check_hardware(runner);
    case CHECK_REVOCATION: return check_revocation(runner);
    case CHECK_SECONDARY: return check_secondaries(runner);
    default: return check_layer(runner, (enum layer)(check - CHECK_FIRMWARE));
  }
}

static void not_reached(struct appraisal *appraisal, int from) {
  for (int check = from; check < CHECK_COUNT; check++) {
    appraisal->checks[check].passed = 0;
    strcpy(appraisal->checks[check].detail, "not reached");
  }
}

void appraise(const struct policy *policy, const struct evidence *evidence, int64_t time_ms,
              struct appraisal *appraisal) {
  static struct runner runner; /* too large for a stack */
  memset(appraisal, 0, sizeof *appraisal);
  runner.policy = policy;
  runner.evidence = evidence;
  runner.time_ms = time_ms;
  runner.appraisal = appraisal;
  for (int check = 0; check < CHECK_COUNT; check++) {
    appraisal->checks[check].passed = run(&runner, check);
    if (!appraisal->checks[check].passed) {
      not_reached(appraisal, check + 1);
      return;
    }
  }
  appraisal->accepted = 1;
}

int appraisal_fault(const struct appraisal *appraisal) {
  int check = 0;
  while (check < CHECK_COUNT && appraisal->checks[check].passed) check++;
  return check;
}

void appraisal_not_fresh(struct appraisal *appraisal, const char *why) {
  appraisal->accepted = 0;
  appraisal->has_layers = 0;
  appraisal->secondary_count = 0;
  appraisal->checks[CHECK_FRESHNESS].passed = 0;
  snprintf(appraisal->checks[CHECK_FRESHNESS].detail, DETAIL_LIMIT, "%s", why);
  not_reached(appraisal, CHECK_FRESHNESS + 1);
}
