#define _GNU_SOURCE
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "p256.h"
#include "pemread.h"

static const char first_line[] = "terra-trust-1";

struct reading {
  struct trust *trust;
  const char *role;
  struct slice rest;
  size_t line; /* number of the one that was read last */
  struct what what;
  char what_text[32];
  int is_ours; /* whether the section that is being read counts */
  int found_role;
  struct slice sections[64];
  size_t section_count;
  struct why *why;
};

static int load(struct trust *trust, const char *path, size_t *length, struct why *why) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return why_say(why, "cannot open %s: %s", path, strerror(errno));
  size_t used = 0;
  for (;;) {
    uint8_t one_more;
    uint8_t *to = used < TRUST_LIMIT ? trust->text + used : &one_more;
    ssize_t count = read(fd, to, used < TRUST_LIMIT ? TRUST_LIMIT - used : 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) why_say(why, "cannot read %s: %s", path, strerror(errno));
    if (count > 0 && used == TRUST_LIMIT) why_say(why, "%s has more than %d bytes", path, TRUST_LIMIT);
    if (count <= 0 || used == TRUST_LIMIT) {
      close(fd);
      *length = used;
      return count == 0;
    }
    used += (size_t)count;
  }
}

/* Text, and zeros behind it; no character that could make two readers see two things. */
static int check_text(struct slice whole, struct slice *text, struct why *why) {
  size_t length = strnlen((const char *)whole.at, whole.length);
  for (size_t i = length; i < whole.length; i++) {
    if (whole.at[i] != 0) return why_say(why, "the trust text is followed by something that is not zeros");
  }
  *text = (struct slice){whole.at, length};
  if (!text_is_utf8(*text)) return why_say(why, "the trust text is not UTF-8");
  for (size_t i = 0; i < length; i++) {
    if ((whole.at[i] < 0x20 && whole.at[i] != '\n') || whole.at[i] == 0x7f) {
      return why_say(why, "the trust text has the control character 0x%02x", whole.at[i]);
    }
  }
  if (length == 0 || whole.at[length - 1] != '\n') return why_say(why, "the trust text does not end with a line end");
  return 1;
}

static int next_line(struct reading *reading, struct slice *line) {
  if (reading->rest.length == 0) return why_say(reading->why, "the trust text ends before its line \"end\"");
  const uint8_t *end = memchr(reading->rest.at, '\n', reading->rest.length);
  *line = (struct slice){reading->rest.at, (size_t)(end - reading->rest.at)};
  reading->rest = (struct slice){end + 1, reading->rest.length - line->length - 1};
  reading->line++;
  snprintf(reading->what_text, sizeof reading->what_text, "trust line %zu", reading->line);
  return 1;
}

/* The word up to the next blank, which is taken as well; the rest of the line if there is no blank. */
static struct slice word(struct slice *line) {
  const uint8_t *blank = line->length > 0 ? memchr(line->at, ' ', line->length) : 0;
  struct slice found = {line->at, blank ? (size_t)(blank - line->at) : line->length};
  size_t taken = found.length + (blank ? 1 : 0);
  *line = (struct slice){line->at + taken, line->length - taken};
  return found;
}

static int wrong(struct reading *reading, const char *expected) {
  return why_not(reading->why, &reading->what, ": %s was expected", expected);
}

static int too_many(struct reading *reading, const char *what, int limit) {
  return why_not(reading->why, &reading->what, ": more than %d %s", limit, what);
}

/* The PEM block that follows, decoded in its own place: first looked through, so that its lines are counted while they are
   there. */
static int block(struct reading *reading, const char *label, struct slice *der) {
  const uint8_t *start = reading->rest.at;
  if (reading->rest.length == 0 || *start != '-') return wrong(reading, "a PEM block on the next line");
  const struct pem_reader before = {
      .rest = reading->rest, .label = label, .what = &reading->what, .why = reading->why};
  struct pem_reader pem = before;
  uint8_t *room = reading->trust->text + (start - reading->trust->text);
  size_t length, lines = 0;
  if (pem_next(&pem, 0, 0, &length) <= 0) return 0;
  for (const uint8_t *at = start; at < pem.rest.at; at++) lines += *at == '\n';
  pem = before;
  if (pem_next(&pem, room, reading->rest.length, &length) <= 0) return 0;
  reading->rest = pem.rest;
  reading->line += lines;
  *der = (struct slice){room, length};
  return 1;
}

static int read_root(struct reading *reading, struct roots *roots, int least_path_length) {
  struct certificate root;
  struct slice der;
  const struct what key_of = {"the key", &reading->what};
  if (!block(reading, PEM_CERTIFICATE, &der)) return 0;
  if (!certificate_read(der, &reading->what, &root, reading->why)) return 0;
  const struct extensions *found = &root.extensions;
  if (!found->has_constraints || !found->is_ca || !(found->usage & USAGE_KEY_CERT_SIGN)) {
    return why_not(reading->why, &reading->what, " is not a CA that may sign certificates");
  }
  if (!found->subject_key.at) return why_not(reading->why, &reading->what, " has no subjectKeyIdentifier");
  if (found->path_length >= 0 && found->path_length < least_path_length) {
    return why_not(reading->why, &reading->what, " has path length %d; at least %d is needed", found->path_length,
                   least_path_length);
  }
  if (!p256_check_key(root.public_key, &key_of, reading->why)) return 0;
  if (!reading->is_ours) return 1;
  if (roots->count == POLICY_ROOTS) return too_many(reading, "roots of one kind", POLICY_ROOTS);
  roots->all[roots->count++] = root;
  return 1;
}

static int read_list(struct reading *reading) {
  struct policy *policy = &reading->trust->policy;
  struct revocation_list list;
  struct slice der;
  if (!block(reading, PEM_CRL, &der) || !revocation_list_read(der, &reading->what, &list, reading->why)) return 0;
  if (!reading->is_ours) return 1;
  if (policy->list_count == POLICY_LISTS) return too_many(reading, "revocation lists", POLICY_LISTS);
  policy->lists[policy->list_count++] = list;
  return 1;
}

static int read_accept(struct reading *reading, struct slice line) {
  struct policy *policy = &reading->trust->policy;
  struct acceptable entry = {0};
  enum layer layer = layer_named(word(&line));
  struct slice kind = word(&line);
  if (layer == LAYER_COUNT) return wrong(reading, "firmware, loader, tvmm or vm");
  if (slice_is(kind, "digest")) {
    entry.is_digest = 1;
    if (!text_digest(line, entry.digest)) return wrong(reading, "a digest of 64 lower-case digits");
  } else if (slice_is(kind, "product")) {
    struct slice version = word(&line);
    if (!slice_is(version, "any")) {
      if (!version_is(version)) return wrong(reading, "a version, as 1.0.0, or \"any\"");
      entry.least_version = version;
    }
    if (line.length == 0) return wrong(reading, "a product's name");
    entry.product = line;
  } else {
    return wrong(reading, "digest or product");
  }
  if (!reading->is_ours) return 1;
  if (policy->accept[layer].count == POLICY_ACCEPTABLES) {
    return too_many(reading, "entries for one layer", POLICY_ACCEPTABLES);
  }
  policy->accept[layer].all[policy->accept[layer].count++] = entry;
  return 1;
}

static int read_secondary(struct reading *reading, struct slice line) {
  struct slice name = word(&line);
  uint8_t root[DIGEST_SIZE];
  if (name.length == 0 || name.length > SECONDARY_NAME_LIMIT || !text_digest(line, root)) {
    return wrong(reading, "a disk's name and a root of 64 lower-case digits");
  }
  for (size_t i = 0; i < name.length; i++) {
    if (name.at[i] > 0x7e) return wrong(reading, "a disk's name of visible ASCII characters");
  }
  if (!reading->is_ours) return 1;
  /* The digits' own place holds the root from now on. */
  uint8_t *place = reading->trust->text + (line.at - reading->trust->text);
  memcpy(place, root, sizeof root);
  if (policy_require(&reading->trust->policy, name, (struct slice){place, sizeof root})) return 1;
  return why_not(reading->why, &reading->what, ": this disk is required with another root, or there are too many");
}

static int is_role(struct slice name) {
  if (name.length == 0 || name.length > ROLE_LIMIT || name.at[0] < 'a' || name.at[0] > 'z') return 0;
  for (size_t i = 0; i < name.length; i++) {
    uint8_t c = name.at[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return 0;
  }
  return 1;
}

static int begin_section(struct reading *reading, struct slice name) {
  if (!is_role(name)) return wrong(reading, "a role's name of lower-case letters, digits and hyphens");
  for (size_t i = 0; i < reading->section_count; i++) {
    if (slice_equal(reading->sections[i], name)) return why_not(reading->why, &reading->what, ": this role is there twice");
  }
  if (reading->section_count == sizeof reading->sections / sizeof reading->sections[0]) {
    return too_many(reading, "roles", (int)reading->section_count);
  }
  reading->sections[reading->section_count++] = name;
  reading->is_ours = reading->role && slice_is(name, reading->role);
  reading->found_role |= reading->is_ours;
  return 1;
}

static int read_entry(struct reading *reading, struct slice line) {
  struct policy *policy = &reading->trust->policy;
  struct slice whole = line, keyword = word(&line);
  if (slice_is(keyword, "accept")) return read_accept(reading, line);
  if (slice_is(keyword, "secondary")) return read_secondary(reading, line);
  if (slice_is(keyword, "role")) return begin_section(reading, line);
  if (slice_is(keyword, "vendor-root")) {
    enum layer layer = layer_named(line);
    if (layer == LAYER_COUNT) return wrong(reading, "firmware, loader, tvmm or vm");
    return read_root(reading, &policy->vendors[layer], 0);
  }
  if (slice_is(whole, "hardware-root")) {
    return read_root(reading, &policy->hardware, CHIP_PATH_LENGTH + 1);
  }
  if (slice_is(whole, "revocation-list")) return read_list(reading);
  return wrong(reading, "hardware-root, vendor-root, revocation-list, accept, secondary, role or end");
}

int trust_read(struct trust *trust, const char *path, const char *role, struct why *why) {
  static struct reading reading;
  size_t length = 0;
  struct slice line;
  memset(&trust->policy, 0, sizeof trust->policy);
  if (!load(trust, path, &length, why)) return 0;
  reading = (struct reading){.trust = trust, .role = role, .is_ours = 1, .why = why};
  reading.what.text = reading.what_text;
  if (!check_text((struct slice){trust->text, length}, &reading.rest, why) || !next_line(&reading, &line)) return 0;
  if (!slice_is(line, first_line)) return wrong(&reading, first_line);
  for (;;) {
    if (!next_line(&reading, &line)) return 0;
    if (slice_is(line, "end")) break;
    if (!read_entry(&reading, line)) return 0;
  }
  if (reading.rest.length > 0) return why_say(why, "the trust text goes on after its line \"end\"");
  if (role && !reading.found_role) return why_say(why, "the trust text has no section for the role %s", role);
  return 1;
}
