#include "certificate.h"

#include "oids.h"
#include "p256.h"

enum { SERIAL_LIMIT = 20 };

int signature_algorithm_check(const struct der_node *node, const struct what *what, struct why *why) {
  const struct what algorithm_of = {"the signature algorithm", what};
  char dotted[OID_TEXT_LIMIT];
  struct der_fields fields;
  struct der_node part;
  struct slice algorithm;
  if (!fields_open(&fields, node, TAG_SEQUENCE, &algorithm_of, why)) return 0;
  if (!fields_take(&fields, "algorithm", TAG_ANY, &part) || !der_oid(&part, &algorithm_of, &algorithm, why)) return 0;
  if (!fields_end(&fields)) return 0;
  if (slice_equal(algorithm, OID(OID_ECDSA_SHA256))) return 1;
  return why_not(why, what, " is signed with algorithm %s; ecdsa-with-SHA256 was expected",
                 text_oid(algorithm, dotted));
}

int extension_sequence_check(const struct der_node *list, const struct what *what, struct why *why) {
  struct der_fields extensions = {.rest = list->content, .what = what, .why = why};
  struct der_node node;
  struct raw_extension ignored;
  while (fields_next(&extensions, &node)) {
    if (!extension_read(&node, what, &ignored, why)) return 0;
  }
  return 1;
}

int extension_list_read(const struct der_node *wrapped, const struct what *what, struct slice *list, struct why *why) {
  const struct what extensions_of = {"the extensions", what};
  struct der_fields outer;
  struct der_node node;
  if (!fields_open(&outer, wrapped, wrapped->tag, &extensions_of, why)) return 0;
  if (!fields_take(&outer, "list", TAG_SEQUENCE, &node) || !fields_end(&outer)) return 0;
  *list = node.content;
  return extension_sequence_check(&node, what, why);
}

/* The common name, if the subject consists of it alone; another subject is no error here. */
static int read_common_name(const struct der_node *subject, const struct what *what, struct slice *name,
                            struct why *why) {
  const struct what subject_of = {"the subject", what}, name_of = {"the common name", what};
  *name = (struct slice){0};
  if (der_children(subject) != 1) return 1;
  struct der_fields fields = {.rest = subject->content};
  struct der_node node;
  fields_next(&fields, &node);
  if (node.tag != TAG_SET || der_children(&node) != 1) return 1;
  fields = (struct der_fields){.rest = node.content};
  fields_next(&fields, &node);
  struct slice type;
  if (!fields_open(&fields, &node, TAG_SEQUENCE, &subject_of, why)) return 0;
  if (!fields_take(&fields, "type", TAG_ANY, &node) || !der_oid(&node, &subject_of, &type, why)) return 0;
  if (!slice_equal(type, OID(OID_COMMON_NAME))) return 1;
  if (!fields_take(&fields, "value", TAG_ANY, &node) || !fields_end(&fields)) return 0;
  if (node.tag != TAG_UTF8_STRING && node.tag != TAG_PRINTABLE_STRING) return 1;
  return der_text(&node, TAG_ANY, &name_of, name, why);
}

static int read_version(struct der_fields *tbs, const struct what *what, struct why *why) {
  const struct what version_of = {"the version", what};
  int tag = TAG_CONTEXT | TAG_CONSTRUCTED | 0, number;
  struct der_fields version;
  struct der_node node;
  if (!fields_take(tbs, "version", tag, &node) || !fields_open(&version, &node, tag, &version_of, why)) return 0;
  if (!fields_take(&version, "number", TAG_ANY, &node)) return 0;
  if (!der_small(&node, TAG_INTEGER, &version_of, &number, why)) return 0;
  return number == 2 ? fields_end(&version) : why_not(why, what, " is not X.509v3");
}

static int read_validity(struct der_fields *tbs, const struct what *what, struct certificate *into, struct why *why) {
  const struct what validity_of = {"the validity", what};
  const struct what not_before = {"notBefore", what}, not_after = {"notAfter", what};
  struct der_fields validity;
  struct der_node node;
  if (!fields_take(tbs, "validity", TAG_ANY, &node)) return 0;
  if (!fields_open(&validity, &node, TAG_SEQUENCE, &validity_of, why)) return 0;
  if (!fields_take(&validity, "notBefore", TAG_ANY, &node)) return 0;
  if (!der_time(&node, &not_before, &into->not_before_ms, why)) return 0;
  if (!fields_take(&validity, "notAfter", TAG_ANY, &node)) return 0;
  return der_time(&node, &not_after, &into->not_after_ms, why) && fields_end(&validity);
}

static int read_tbs(const struct der_node *node, const struct what *what, struct certificate *into, struct why *why) {
  const struct what key_of = {"the public key", what};
  struct der_fields tbs;
  struct der_node part, subject;
  if (!fields_open(&tbs, node, TAG_SEQUENCE, what, why) || !read_version(&tbs, what, why)) return 0;
  if (!fields_take(&tbs, "serialNumber", TAG_INTEGER, &part)) return 0;
  into->serial = part.content;
  if (into->serial.at[0] >= 0x80 || into->serial.length > SERIAL_LIMIT ||
      (into->serial.length == 1 && into->serial.at[0] == 0)) {
    return why_not(why, &(struct what){"the serial number", what}, " is not a positive number of at most %d octets",
                   SERIAL_LIMIT);
  }
  if (!fields_take(&tbs, "signature", TAG_ANY, &part) || !signature_algorithm_check(&part, what, why)) return 0;
  if (!fields_take(&tbs, "issuer", TAG_SEQUENCE, &part)) return 0;
  into->issuer = part.bytes;
  if (!read_validity(&tbs, what, into, why)) return 0;
  if (!fields_take(&tbs, "subject", TAG_SEQUENCE, &subject)) return 0;
  into->subject = subject.bytes;
  if (!fields_take(&tbs, "subjectPublicKeyInfo", TAG_ANY, &part)) return 0;
  into->public_key = part.bytes;
  if (!p256_check_form(into->public_key, &key_of, why)) return 0;
  int has_extensions = fields_maybe(&tbs, TAG_CONTEXT | TAG_CONSTRUCTED | 3, &part);
  if (!fields_end(&tbs) || !read_common_name(&subject, what, &into->common_name, why)) return 0;
  into->extension_list = (struct slice){0};
  return !has_extensions || extension_list_read(&part, what, &into->extension_list, why);
}

int certificate_read_frame(struct slice der, const struct what *what, struct certificate *into, struct why *why) {
  const struct what signature_of = {"the signature", what};
  struct der_node whole, tbs, algorithm, signature;
  struct der_fields fields;
  into->der = der;
  if (!der_read(der, &certificate_limits, what, &whole, why)) return 0;
  if (!fields_open(&fields, &whole, TAG_SEQUENCE, what, why)) return 0;
  if (!fields_take(&fields, "tbsCertificate", TAG_SEQUENCE, &tbs)) return 0;
  if (!fields_take(&fields, "signatureAlgorithm", TAG_ANY, &algorithm)) return 0;
  if (!fields_take(&fields, "signature", TAG_ANY, &signature)) return 0;
  if (!der_bit_octets(&signature, &signature_of, &into->signature, why) || !fields_end(&fields)) return 0;
  if (!signature_algorithm_check(&algorithm, what, why)) return 0;
  into->tbs = tbs.bytes;
  return read_tbs(&tbs, what, into, why);
}

int certificate_read(struct slice der, const struct what *what, struct certificate *into, struct why *why) {
  return certificate_read_frame(der, what, into, why) &&
         extensions_read(into->extension_list, what, &into->extensions, why);
}
