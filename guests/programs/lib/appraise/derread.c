#include "derread.h"

#include "text.h"

enum { MAX_DEPTH = 16, MAX_OID = 64 };

const struct der_limits certificate_limits = {.bytes = CERTIFICATE_BYTES, .nodes = CERTIFICATE_NODES};

struct reading {
  struct slice all;
  size_t nodes_left;
  const struct what *what;
  struct why *why;
};

/* Content's length; `at` is moved behind the length octets. */
static int read_length(struct reading *reading, size_t end, size_t *at, size_t *length) {
  const uint8_t *bytes = reading->all.at;
  size_t start = *at;
  if (start >= end) {
    return why_not(reading->why, reading->what, " is truncated: a length is missing at byte %zu", start);
  }
  uint8_t first = bytes[(*at)++];
  if (first < 0x80) {
    *length = first;
    return 1;
  }
  size_t count = first & 0x7f;
  if (count == 0) return why_not(reading->why, reading->what, " has a length of indefinite form at byte %zu", start);
  if (count > 3) return why_not(reading->why, reading->what, " has a length of %zu octets at byte %zu", count, start);
  if (end - *at < count) {
    return why_not(reading->why, reading->what, " is truncated inside a length at byte %zu", start);
  }
  *length = 0;
  for (size_t i = 0; i < count; i++) *length = *length << 8 | bytes[(*at)++];
  if (*length < 0x80 || *length < (size_t)1 << (8 * (count - 1))) {
    return why_not(reading->why, reading->what, " has a length at byte %zu that is not in its shortest form", start);
  }
  return 1;
}

static int check_oid(struct slice content, const struct what *what, struct why *why) {
  if (content.length == 0 || content.length > MAX_OID) return why_not(why, what, " contains an empty or endless OID");
  int inside = 0;
  for (size_t i = 0; i < content.length; i++) {
    if (!inside && content.at[i] == 0x80) {
      return why_not(why, what, " contains an OID that is not in its shortest form");
    }
    inside = (content.at[i] & 0x80) != 0;
  }
  return inside ? why_not(why, what, " contains a truncated OID") : 1;
}

/* Universal types have one encoding each in DER; anything else is refused. */
static int check_universal(int tag, struct slice content, const struct what *what, struct why *why) {
  int constructed = (tag & TAG_CONSTRUCTED) != 0, number = tag & 0x1f;
  if (number == 0) return why_not(why, what, " contains an end-of-contents marker");
  if (constructed != (number == 0x10 || number == 0x11)) {
    return why_not(why, what, " contains a value of universal type %d in the wrong form", number);
  }
  unsigned first = content.length > 0 ? content.at[0] : 0, second = content.length > 1 ? content.at[1] : 0;
  unsigned last = content.length > 0 ? content.at[content.length - 1] : 0;
  switch (tag) {
    case TAG_BOOLEAN:
      if (content.length != 1 || (first != 0 && first != 0xff)) {
        return why_not(why, what, " contains a BOOLEAN that is neither 00 nor FF");
      }
      return 1;
    case TAG_INTEGER:
    case TAG_ENUMERATED:
      if (content.length == 0 ||
          (content.length > 1 && ((first == 0 && second < 0x80) || (first == 0xff && second >= 0x80)))) {
        return why_not(why, what, " contains an INTEGER that is not in its shortest form");
      }
      return 1;
    case TAG_BIT_STRING:
      if (content.length == 0 || first > 7 ||
          (first > 0 && (content.length == 1 || (last & ((1u << first) - 1)) != 0))) {
        return why_not(why, what, " contains a BIT STRING whose unused bits are not zero");
      }
      return 1;
    case TAG_NULL: return content.length == 0 ? 1 : why_not(why, what, " contains a NULL that is not empty");
    case TAG_OID: return check_oid(content, what, why);
    default: return 1;
  }
}

/* Checks the element at `start`, which may reach as far as `end`, and all that it contains. */
static int check_element(struct reading *reading, size_t start, size_t end, int depth, struct der_node *node) {
  if (depth > MAX_DEPTH) {
    return why_not(reading->why, reading->what, " is nested deeper than %d levels", MAX_DEPTH);
  }
  if (reading->nodes_left-- == 0) return why_not(reading->why, reading->what, " has too many parts");
  if (start >= end) {
    return why_not(reading->why, reading->what, " is truncated: an identifier is missing at byte %zu", start);
  }
  size_t at = start, length = 0;
  int tag = reading->all.at[at++];
  if ((tag & 0x1f) == 0x1f) {
    return why_not(reading->why, reading->what, " has a tag number above 30 at byte %zu", start);
  }
  if (!read_length(reading, end, &at, &length)) return 0;
  if (length > end - at) {
    return why_not(reading->why, reading->what, " is truncated: %zu bytes announced at byte %zu, %zu left", length,
                   start, end - at);
  }
  size_t content = at;
  if (tag & TAG_CONSTRUCTED) {
    while (at < content + length) {
      struct der_node child;
      if (!check_element(reading, at, content + length, depth + 1, &child)) return 0;
      at += child.bytes.length;
    }
  }
  *node = (struct der_node){.tag = tag,
                            .bytes = {reading->all.at + start, content + length - start},
                            .content = {reading->all.at + content, length}};
  return (tag & 0xc0) != 0 || check_universal(tag, node->content, reading->what, reading->why);
}

int der_read(struct slice bytes, const struct der_limits *limits, const struct what *what, struct der_node *node,
             struct why *why) {
  if (bytes.length > limits->bytes) {
    return why_not(why, what, " has %zu bytes; at most %zu are accepted", bytes.length, limits->bytes);
  }
  struct reading reading = {.all = bytes, .nodes_left = limits->nodes, .what = what, .why = why};
  if (!check_element(&reading, 0, bytes.length, 0, node)) return 0;
  if (node->bytes.length != bytes.length) {
    return why_not(why, what, " is followed by %zu bytes that do not belong to it", bytes.length - node->bytes.length);
  }
  return 1;
}

/* Cuts the first element off. The bytes were checked by der_read, so that no length leads outside them. */
static struct der_node cut(struct slice *rest) {
  const uint8_t *bytes = rest->at;
  size_t head = 2, length = bytes[1];
  if (length >= 0x80) {
    size_t count = length & 0x7f;
    length = 0;
    for (size_t i = 0; i < count; i++) length = length << 8 | bytes[head++];
  }
  struct der_node node = {.tag = bytes[0], .bytes = {bytes, head + length}, .content = {bytes + head, length}};
  rest->at += head + length;
  rest->length -= head + length;
  return node;
}

static int wrong_tag(int found, int wanted, const struct what *what, struct why *why) {
  return why_not(why, what, " has tag 0x%02x; 0x%02x was expected", (unsigned)found, (unsigned)wanted);
}

int fields_open(struct der_fields *fields, const struct der_node *node, int tag, const struct what *what,
                struct why *why) {
  *fields = (struct der_fields){.rest = node->content, .what = what, .why = why};
  return node->tag == tag || wrong_tag(node->tag, tag, what, why);
}

int fields_next(struct der_fields *fields, struct der_node *node) {
  if (fields->rest.length == 0) return 0;
  *node = cut(&fields->rest);
  return 1;
}

int fields_take(struct der_fields *fields, const char *name, int tag, struct der_node *node) {
  if (fields->rest.length == 0) return why_not(fields->why, fields->what, " ends before its %s", name);
  struct slice rest = fields->rest;
  *node = cut(&rest);
  if (tag != TAG_ANY && node->tag != tag) {
    return wrong_tag(node->tag, tag, &(struct what){name, fields->what}, fields->why);
  }
  fields->rest = rest;
  return 1;
}

int fields_maybe(struct der_fields *fields, int tag, struct der_node *node) {
  if (fields->rest.length == 0 || fields->rest.at[0] != tag) return 0;
  *node = cut(&fields->rest);
  return 1;
}

int fields_end(struct der_fields *fields) {
  size_t extra = 0;
  for (struct der_node node; fields_next(fields, &node);) extra++;
  if (extra == 0) return 1;
  return why_not(fields->why, fields->what, " has %zu field(s) that do not belong there", extra);
}

size_t der_children(const struct der_node *node) {
  if (!(node->tag & TAG_CONSTRUCTED)) return 0;
  size_t count = 0;
  for (struct slice rest = node->content; rest.length > 0; cut(&rest)) count++;
  return count;
}

int der_oid(const struct der_node *node, const struct what *what, struct slice *oid, struct why *why) {
  *oid = node->content;
  return node->tag == TAG_OID || wrong_tag(node->tag, TAG_OID, what, why);
}

int der_true(const struct der_node *node) { return node->content.length == 1 && node->content.at[0] == 0xff; }

int der_small(const struct der_node *node, int tag, const struct what *what, int *value, struct why *why) {
  if (node->tag != tag) return wrong_tag(node->tag, tag, what, why);
  struct slice octets = node->content;
  unsigned first = octets.length > 0 ? octets.at[0] : 0x80, second = octets.length > 1 ? octets.at[1] : 0x80;
  if (octets.length > 4 || first >= 0x80) return why_not(why, what, " is not a small non-negative number");
  if (octets.length > 1 && first == 0 && second < 0x80) return why_not(why, what, " is not in its shortest form");
  *value = 0;
  for (size_t i = 0; i < octets.length; i++) *value = *value << 8 | octets.at[i];
  return 1;
}

int der_text(const struct der_node *node, int tag, const struct what *what, struct slice *text, struct why *why) {
  int fits = tag == TAG_ANY ? node->tag == TAG_UTF8_STRING || node->tag == TAG_PRINTABLE_STRING : node->tag == tag;
  if (!fits) return wrong_tag(node->tag, tag == TAG_ANY ? TAG_UTF8_STRING : tag, what, why);
  *text = node->content;
  return text_is_utf8(*text) || why_not(why, what, " is not UTF-8 text");
}

int der_bit_octets(const struct der_node *node, const struct what *what, struct slice *octets, struct why *why) {
  if (node->tag != TAG_BIT_STRING) return wrong_tag(node->tag, TAG_BIT_STRING, what, why);
  if (node->content.at[0] != 0) return why_not(why, what, " is not a whole number of octets");
  *octets = (struct slice){node->content.at + 1, node->content.length - 1};
  return 1;
}

/* Decimal digits; -1 if one is none. */
static int number(const uint8_t *digits, size_t count) {
  int value = 0;
  for (size_t i = 0; i < count; i++) {
    if (digits[i] < '0' || digits[i] > '9') return -1;
    value = value * 10 + (digits[i] - '0');
  }
  return value;
}

static int days_of(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

int der_time(const struct der_node *node, const struct what *what, int64_t *time_ms, struct why *why) {
  struct slice text = node->content;
  int utc = node->tag == TAG_UTC_TIME;
  size_t year_digits = utc ? 2 : 4;
  int parts[6] = {-1, -1, -1, -1, -1, -1}; /* year to second */
  if ((utc || node->tag == TAG_GENERALIZED_TIME) && text.length == year_digits + 11 && text.at[text.length - 1] == 'Z') {
    parts[0] = number(text.at, year_digits);
    for (size_t i = 1; i < 6; i++) parts[i] = number(text.at + year_digits + 2 * (i - 1), 2);
  }
  for (size_t i = 0; i < 6; i++) {
    if (parts[i] < 0) {
      return why_not(why, what, " is neither UTCTime YYMMDDHHMMSSZ nor GeneralizedTime YYYYMMDDHHMMSSZ");
    }
  }
  int year = !utc ? parts[0] : parts[0] < 50 ? 2000 + parts[0] : 1900 + parts[0];
  if (!utc && year < 2050) return why_not(why, what, " is a GeneralizedTime before 2050; UTCTime was expected");
  if (parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > days_of(year, parts[1]) || parts[3] > 23 ||
      parts[4] > 59 || parts[5] > 59) {
    return why_not(why, what, " %.*s does not exist", (int)text.length, (const char *)text.at);
  }
  int64_t seconds = text_days(year, parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5];
  *time_ms = seconds * 1000;
  return 1;
}
