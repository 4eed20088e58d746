#include "extensions.h"

#include "oids.h"

int extension_read(const struct der_node *node, const struct what *what, struct raw_extension *extension,
                   struct why *why) {
  const struct what an_extension = {"an extension", what};
  char dotted[OID_TEXT_LIMIT];
  struct der_fields fields;
  struct der_node part;
  if (!fields_open(&fields, node, TAG_SEQUENCE, &an_extension, why)) return 0;
  if (!fields_take(&fields, "extnID", TAG_ANY, &part)) return 0;
  if (!der_oid(&part, &an_extension, &extension->oid, why)) return 0;
  int flagged = fields_maybe(&fields, TAG_BOOLEAN, &part);
  extension->critical = flagged && der_true(&part);
  if (flagged && !extension->critical) {
    char whose[256];
    what_text(what, whose, sizeof whose);
    return why_say(why, "the extension %s of %s writes out critical FALSE, the default",
                   text_oid(extension->oid, dotted), whose);
  }
  if (!fields_take(&fields, "extnValue", TAG_OCTET_STRING, &part)) return 0;
  extension->value = part.content;
  return fields_end(&fields);
}

static int read_constraints(const struct der_node *node, const struct what *what, struct extensions *into,
                            struct why *why) {
  struct der_fields fields;
  struct der_node part;
  if (!fields_open(&fields, node, TAG_SEQUENCE, what, why)) return 0;
  int flagged = fields_maybe(&fields, TAG_BOOLEAN, &part);
  into->is_ca = flagged && der_true(&part);
  if (flagged && !into->is_ca) {
    return why_not(why, what, " writes out CA:FALSE, which is the default and is left out in DER");
  }
  int has_length = fields_maybe(&fields, TAG_INTEGER, &part);
  if (!fields_end(&fields)) return 0;
  into->path_length = -1;
  if (!has_length) return 1;
  if (!into->is_ca) return why_not(why, what, " has a path length but is no CA");
  return der_small(&part, TAG_INTEGER, what, &into->path_length, why);
}

static int read_usage(const struct der_node *node, const struct what *what, struct extensions *into, struct why *why) {
  struct slice bits = node->content;
  if (node->tag != TAG_BIT_STRING || bits.length > 3 || (bits.length == 3 && bits.at[2] != 0x80)) {
    return why_not(why, what, " is not a bit string of at most nine bits");
  }
  if (bits.length == 3) return why_not(why, what, " has decipherOnly set, which this profile does not know");
  int first = bits.length == 2 ? bits.at[1] : 0;
  if (first == 0 || (first & 1 << bits.at[0]) == 0) return why_not(why, what, " has trailing zero bits");
  into->usage = first;
  return 1;
}

static int read_extended(const struct der_node *node, const struct what *what, struct extensions *into,
                         struct why *why) {
  if (node->tag != TAG_SEQUENCE || node->content.length == 0) return why_not(why, what, " is not a list of usages");
  struct der_fields usages;
  struct der_node usage;
  struct slice ignored;
  fields_open(&usages, node, TAG_SEQUENCE, what, why);
  while (fields_next(&usages, &usage)) {
    if (!der_oid(&usage, what, &ignored, why)) return 0;
  }
  into->extended = node->content;
  return 1;
}

static int read_subject_key(const struct der_node *node, const struct what *what, struct extensions *into,
                            struct why *why) {
  size_t length = node->content.length;
  if (node->tag != TAG_OCTET_STRING || length == 0 || length > KEY_IDENTIFIER_LIMIT) {
    return why_not(why, what, " is not an octet string of 1 to %d octets", KEY_IDENTIFIER_LIMIT);
  }
  into->subject_key = node->content;
  return 1;
}

static int read_authority_key(const struct der_node *node, const struct what *what, struct extensions *into,
                              struct why *why) {
  struct der_fields fields;
  struct der_node part;
  if (!fields_open(&fields, node, TAG_SEQUENCE, what, why)) return 0;
  if (!fields_take(&fields, "keyIdentifier", TAG_CONTEXT | 0, &part) || !fields_end(&fields)) return 0;
  into->authority_key = part.content;
  if (part.content.length > 0 && part.content.length <= KEY_IDENTIFIER_LIMIT) return 1;
  return why_not(why, what, " is not 1 to %d octets", KEY_IDENTIFIER_LIMIT);
}

/* [number] IMPLICIT UTF8String, if it is there. */
static int read_tcb_text(struct der_fields *fields, int number, const char *name, struct slice *text) {
  struct der_node node;
  *text = (struct slice){0};
  if (!fields_maybe(fields, TAG_CONTEXT | number, &node)) return 1;
  const struct what what = {name, fields->what};
  return der_text(&node, TAG_CONTEXT | number, &what, text, fields->why);
}

static int read_fwid(struct der_fields *fields, struct slice *algorithm, struct slice *digest) {
  const struct what fwids = {"fwids", fields->what}, fwid = {"FWID", fields->what};
  const struct what hash_algorithm = {"hashAlg", fields->what};
  struct der_node node;
  struct der_fields list, entry;
  int tag = TAG_CONTEXT | TAG_CONSTRUCTED | 6;
  if (!fields_take(fields, "fwids", tag, &node) || !fields_open(&list, &node, tag, &fwids, fields->why)) return 0;
  if (!fields_take(&list, "FWID", TAG_ANY, &node)) return 0;
  if (!fields_open(&entry, &node, TAG_SEQUENCE, &fwid, fields->why) || !fields_end(&list)) return 0;
  if (!fields_take(&entry, "hashAlg", TAG_ANY, &node)) return 0;
  if (!der_oid(&node, &hash_algorithm, algorithm, fields->why)) return 0;
  if (!fields_take(&entry, "digest", TAG_OCTET_STRING, &node)) return 0;
  *digest = node.content;
  return fields_end(&entry);
}

static int read_tcb_info(const struct der_node *node, const struct what *what, struct extensions *into,
                         struct why *why) {
  struct tcb_info *info = &into->tcb_info;
  const struct what layer_of = {"layer", what}, type_of = {"type", what};
  struct der_fields fields;
  struct der_node part;
  struct slice algorithm, type;
  int number;
  if (!fields_open(&fields, node, TAG_SEQUENCE, what, why)) return 0;
  if (!read_tcb_text(&fields, 0, "[0]", &info->vendor) || !read_tcb_text(&fields, 1, "[1]", &info->product) ||
      !read_tcb_text(&fields, 2, "[2]", &info->version)) {
    return 0;
  }
  if (!fields_take(&fields, "layer", TAG_CONTEXT | 4, &part)) return 0;
  if (!der_small(&part, TAG_CONTEXT | 4, &layer_of, &number, why)) return 0;
  if (!read_fwid(&fields, &algorithm, &info->digest)) return 0;
  if (!fields_take(&fields, "type", TAG_CONTEXT | 9, &part)) return 0;
  if (!der_text(&part, TAG_CONTEXT | 9, &type_of, &type, why) || !fields_end(&fields)) return 0;
  if (!slice_equal(algorithm, OID(OID_SHA256)) || info->digest.length != DIGEST_SIZE) {
    return why_not(why, what, " has a digest that is not SHA-256");
  }
  info->layer = layer_named(type);
  if (info->layer == LAYER_COUNT) {
    char quotation[QUOTED_LIMIT];
    return why_not(why, what, " names the layer %s, which does not exist", text_quoted(type, quotation));
  }
  if ((int)info->layer + 1 != number) {
    return why_not(why, what, " names the layer %s but numbers it %d", layer_names[info->layer], number);
  }
  return 1;
}

/* A slot's name is also the disk's virtio serial: 1 to 20 visible ASCII characters. */
static int is_secondary_name(struct slice name) {
  if (name.length == 0 || name.length > SECONDARY_NAME_LIMIT) return 0;
  for (size_t i = 0; i < name.length; i++) {
    if (name.at[i] < 0x21 || name.at[i] > 0x7e) return 0;
  }
  return 1;
}

static int read_secondary(const struct der_node *node, const struct what *what, struct extensions *into,
                          struct why *why) {
  struct secondary *entry = &into->secondaries[into->secondary_count];
  const struct what name_of = {"name", what};
  struct der_fields fields;
  struct der_node part;
  if (!fields_open(&fields, node, TAG_SEQUENCE, what, why)) return 0;
  if (!fields_take(&fields, "name", TAG_UTF8_STRING, &part)) return 0;
  if (!der_text(&part, TAG_ANY, &name_of, &entry->name, why)) return 0;
  if (!fields_take(&fields, "root", TAG_OCTET_STRING, &part)) return 0;
  entry->root = part.content;
  if (!fields_end(&fields)) return 0;
  char quotation[QUOTED_LIMIT];
  if (!is_secondary_name(entry->name)) {
    return why_say(why, "the name of a secondary identity, %s, is not 1 to %d visible ASCII characters",
                   text_quoted(entry->name, quotation), SECONDARY_NAME_LIMIT);
  }
  int length = (int)entry->name.length;
  if (entry->root.length != DIGEST_SIZE) {
    return why_not(why, what, " has a root of %zu bytes for %.*s; %d were expected", entry->root.length, length,
                   (const char *)entry->name.at, DIGEST_SIZE);
  }
  for (size_t i = 0; i < into->secondary_count; i++) {
    if (slice_equal(into->secondaries[i].name, entry->name)) {
      return why_not(why, what, " names %.*s twice", length, (const char *)entry->name.at);
    }
  }
  into->secondary_count++;
  return 1;
}

static int read_secondaries(const struct der_node *node, const struct what *what, struct extensions *into,
                            struct why *why) {
  if (node->tag != TAG_SEQUENCE) return why_not(why, what, " is not a list");
  if (der_children(node) > SECONDARIES_LIMIT) {
    return why_not(why, what, " has more than %d entries", SECONDARIES_LIMIT);
  }
  struct der_fields entries;
  struct der_node entry;
  fields_open(&entries, node, TAG_SEQUENCE, what, why);
  while (fields_next(&entries, &entry)) {
    if (!read_secondary(&entry, what, into, why)) return 0;
  }
  return 1;
}

static int read_application_data(const struct der_node *node, const struct what *what, struct extensions *into,
                                 struct why *why) {
  (void)into; /* no check depends on it */
  if (node->tag != TAG_OCTET_STRING) return why_not(why, what, " is not an OCTET STRING");
  if (node->content.length <= APPLICATION_DATA_LIMIT) return 1;
  return why_not(why, what, " has %zu bytes; at most %d are certified", node->content.length, APPLICATION_DATA_LIMIT);
}

struct known {
  struct slice oid;
  const char *name;
  int (*read)(const struct der_node *, const struct what *, struct extensions *, struct why *);
};

static const struct known known[] = {
#define KNOWN(oid, name, read) {{(const uint8_t *)(oid), sizeof(oid) - 1}, name, read}
    KNOWN(OID_BASIC_CONSTRAINTS, "basicConstraints", read_constraints),
    KNOWN(OID_KEY_USAGE, "keyUsage", read_usage),
    KNOWN(OID_EXTENDED_KEY_USAGE, "extendedKeyUsage", read_extended),
    KNOWN(OID_SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier", read_subject_key),
    KNOWN(OID_AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier", read_authority_key),
    KNOWN(OID_TCB_INFO, "TcbInfo", read_tcb_info),
    KNOWN(OID_SECONDARIES, "secondaries", read_secondaries),
    KNOWN(OID_APPLICATION_DATA, "application data", read_application_data),
#undef KNOWN
};
enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

/* Nonzero if the list has this extension before `end`. */
static int is_there_before(struct slice list, const uint8_t *end, struct slice oid, const struct what *what) {
  struct der_fields extensions = {.rest = {list.at, (size_t)(end - list.at)}, .what = what};
  struct der_node node;
  struct raw_extension extension;
  struct why ignored;
  while (fields_next(&extensions, &node)) {
    if (extension_read(&node, what, &extension, &ignored) && slice_equal(extension.oid, oid)) return 1;
  }
  return 0;
}

int extensions_read(struct slice list, const struct what *what, struct extensions *into, struct why *why) {
  memset(into, 0, sizeof *into);
  into->path_length = -1;
  char dotted[OID_TEXT_LIMIT];
  struct der_fields extensions = {.rest = list, .what = what, .why = why};
  struct der_node node, value;
  while (fields_next(&extensions, &node)) {
    struct raw_extension extension;
    if (!extension_read(&node, what, &extension, why)) return 0;
    if (is_there_before(list, node.bytes.at, extension.oid, what)) {
      return why_not(why, what, " has the extension %s twice", text_oid(extension.oid, dotted));
    }
    size_t i = 0;
    while (i < KNOWN_COUNT && !slice_equal(known[i].oid, extension.oid)) i++;
    if (i == KNOWN_COUNT) {
      if (!extension.critical) continue;
      return why_not(why, what, " has the critical extension %s, which this profile does not know",
                     text_oid(extension.oid, dotted));
    }
    const struct what value_of = {known[i].name, what};
    if (!der_read(extension.value, &certificate_limits, &value_of, &value, why)) return 0;
    if (!known[i].read(&value, &value_of, into, why)) return 0;
    if (known[i].read == read_constraints) {
      into->has_constraints = 1;
      into->constraints_critical = extension.critical;
    }
    if (known[i].read == read_usage) {
      into->has_usage = 1;
      into->usage_critical = extension.critical;
    }
    if (known[i].read == read_tcb_info) into->has_tcb_info = 1;
  }
  return 1;
}
