#include "crl.h"

#include "oids.h"

/* Also refuses delta lists and indirect lists: what makes them so is critical. */
static int refuse_critical(struct slice list, const struct what *what, struct why *why) {
  struct der_fields extensions = {.rest = list, .what = what, .why = why};
  struct der_node node;
  struct raw_extension extension;
  char dotted[OID_TEXT_LIMIT];
  while (fields_next(&extensions, &node)) {
    if (!extension_read(&node, what, &extension, why)) return 0;
    if (extension.critical && !slice_equal(extension.oid, OID(OID_CRL_NUMBER))) {
      return why_not(why, what, " has the critical extension %s, which is not known here",
                     text_oid(extension.oid, dotted));
    }
  }
  return 1;
}

static int read_entry(const struct der_node *node, const struct what *what, struct slice *serial, struct why *why) {
  const struct what entry_of = {"an entry", what}, date_of = {"a revocation date", what};
  struct der_fields fields;
  struct der_node part;
  int64_t ignored;
  if (!fields_open(&fields, node, TAG_SEQUENCE, &entry_of, why)) return 0;
  if (!fields_take(&fields, "serial number", TAG_INTEGER, &part)) return 0;
  *serial = part.content;
  if (!fields_take(&fields, "revocation date", TAG_ANY, &part) || !der_time(&part, &date_of, &ignored, why)) return 0;
  int has_extensions = fields_maybe(&fields, TAG_SEQUENCE, &part);
  if (!fields_end(&fields)) return 0;
  if (!has_extensions) return 1;
  return extension_sequence_check(&part, what, why) && refuse_critical(part.content, what, why);
}

static int read_tbs(const struct der_node *node, const struct what *what, struct revocation_list *into,
                    struct why *why) {
  const struct what version_of = {"the version", what};
  const struct what this_update = {"thisUpdate", what}, next_update = {"nextUpdate", what};
  struct der_fields tbs;
  struct der_node part, entries, wrapped;
  int version;
  if (!fields_open(&tbs, node, TAG_SEQUENCE, what, why) || !fields_take(&tbs, "version", TAG_ANY, &part)) return 0;
  if (!der_small(&part, TAG_INTEGER, &version_of, &version, why)) return 0;
  if (version != 1) return why_not(why, what, " is not a v2 CRL");
  if (!fields_take(&tbs, "signature", TAG_ANY, &part) || !signature_algorithm_check(&part, what, why)) return 0;
  if (!fields_take(&tbs, "issuer", TAG_SEQUENCE, &part)) return 0;
  into->issuer = part.bytes;
  if (!fields_take(&tbs, "thisUpdate", TAG_ANY, &part)) return 0;
  if (!der_time(&part, &this_update, &into->this_update_ms, why)) return 0;
  if (!fields_take(&tbs, "nextUpdate", TAG_ANY, &part)) return 0;
  if (!der_time(&part, &next_update, &into->next_update_ms, why)) return 0;
  int has_entries = fields_maybe(&tbs, TAG_SEQUENCE, &entries);
  int has_extensions = fields_maybe(&tbs, TAG_CONTEXT | TAG_CONSTRUCTED | 0, &wrapped);
  if (!fields_end(&tbs)) return 0;
  struct slice list;
  if (has_extensions && (!extension_list_read(&wrapped, what, &list, why) || !refuse_critical(list, what, why))) {
    return 0;
  }
  into->entries = has_entries ? entries.content : (struct slice){0};
  struct der_fields each = {.rest = into->entries, .what = what, .why = why};
  struct der_node entry;
  struct slice ignored;
  while (fields_next(&each, &entry)) {
    if (!read_entry(&entry, what, &ignored, why)) return 0;
  }
  return 1;
}

int revocation_list_read(struct slice der, const struct what *what, struct revocation_list *into, struct why *why) {
  static const struct der_limits limits = {.bytes = 1 << 20, .nodes = 100000};
  const struct what signature_of = {"the signature", what};
  struct der_node whole, tbs, part;
  struct der_fields fields;
  if (!der_read(der, &limits, what, &whole, why) || !fields_open(&fields, &whole, TAG_SEQUENCE, what, why)) return 0;
  if (!fields_take(&fields, "tbsCertList", TAG_SEQUENCE, &tbs)) return 0;
  if (!fields_take(&fields, "signatureAlgorithm", TAG_ANY, &part)) return 0;
  if (!signature_algorithm_check(&part, what, why)) return 0;
  if (!fields_take(&fields, "signature", TAG_ANY, &part)) return 0;
  if (!der_bit_octets(&part, &signature_of, &into->signature, why) || !fields_end(&fields)) return 0;
  into->tbs = tbs.bytes;
  return read_tbs(&tbs, what, into, why);
}

int revocation_list_names(const struct revocation_list *list, struct slice serial) {
  static const struct what nobody = {"", 0};
  struct der_fields each = {.rest = list->entries};
  struct der_node entry;
  struct slice listed;
  struct why ignored;
  while (fields_next(&each, &entry)) {
    if (read_entry(&entry, &nobody, &listed, &ignored) && slice_equal(listed, serial)) return 1;
  }
  return 0;
}
