#include "text.h"

#include <stdio.h>

/* The character at `at` (a value of -1: the bytes there are none) and how many bytes it takes. */
static int32_t decode(struct slice text, size_t at, size_t *size) {
  uint8_t first = text.at[at];
  *size = 1;
  if (first < 0x80) return first;
  size_t count = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (count == 0 || text.length - at < count) return -1;
  int32_t value = first & (0x7f >> count);
  for (size_t i = 1; i < count; i++) {
    uint8_t next = text.at[at + i];
    if ((next & 0xc0) != 0x80) return -1;
    value = value << 6 | (next & 0x3f);
  }
  static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return -1;
  *size = count;
  return value;
}

int text_is_utf8(struct slice text) {
  for (size_t at = 0, size; at < text.length; at += size) {
    if (decode(text, at, &size) < 0) return 0;
  }
  return 1;
}

size_t text_units(struct slice text) {
  size_t units = 0;
  for (size_t at = 0, size; at < text.length; at += size) units += decode(text, at, &size) > 0xffff ? 2 : 1;
  return units;
}

/* Control characters, and those that turn the direction of a line. */
static int is_unprintable(int32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

const char *text_quoted(struct slice text, char out[QUOTED_LIMIT]) {
  enum { UNITS = 80 };
  size_t used = 0, units = 0;
  out[used++] = '"';
  for (size_t at = 0, size; at < text.length; at += size) {
    int32_t value = decode(text, at, &size);
    units += value > 0xffff ? 2 : 1;
    if (units > UNITS) break;
    if (is_unprintable(value)) {
      out[used++] = '?';
    } else {
      memcpy(out + used, text.at + at, size);
      used += size;
    }
  }
  if (units > UNITS) {
    memcpy(out + used, "\xe2\x80\xa6", 3);
    used += 3;
  }
  out[used++] = '"';
  out[used] = 0;
  return out;
}

/* Decimal digits, least significant first: digits = digits * 128 + add. */
static size_t multiply_and_add(uint8_t *digits, size_t count, unsigned add) {
  unsigned carry = add;
  for (size_t i = 0; i < count; i++) {
    carry += digits[i] * 128u;
    digits[i] = (uint8_t)(carry % 10);
    carry /= 10;
  }
  for (; carry > 0; carry /= 10) digits[count++] = (uint8_t)(carry % 10);
  return count;
}

const char *text_oid(struct slice oid, char out[OID_TEXT_LIMIT]) {
  /* At most 64 octets, says der_read: 448 bits in one number, or 64 numbers of three digits. */
  uint8_t digits[160];
  size_t count = 0, used = 0, start = 0;
  for (size_t at = 0; at < oid.length; at++) {
    count = multiply_and_add(digits, count, oid.at[at] & 0x7f);
    if (oid.at[at] & 0x80) continue;
    if (start == 0) {
      /* The first number holds two arcs: 40 * first + second, where first is at most 2. */
      unsigned root = 2;
      if (at == 0 && oid.at[0] < 80) root = oid.at[0] / 40;
      used += (size_t)sprintf(out, "%u", root);
      int borrow = 0;
      unsigned less = 40 * root;
      for (size_t i = 0; i < count && (less > 0 || borrow); i++, less /= 10) {
        int digit = (int)digits[i] - (int)(less % 10) - borrow;
        borrow = digit < 0;
        digits[i] = (uint8_t)(borrow ? digit + 10 : digit);
      }
      while (count > 0 && digits[count - 1] == 0) count--;
    }
    out[used++] = '.';
    if (count == 0) out[used++] = '0';
    while (count > 0) out[used++] = (char)('0' + digits[--count]);
    start = at + 1;
  }
  out[used] = 0;
  return out;
}

int64_t text_days(int year, int month, int day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t of_era = y - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

const char *text_moment(int64_t time_ms, char out[MOMENT_LIMIT]) {
  int64_t seconds = time_ms >= 0 ? time_ms / 1000 : (time_ms - 999) / 1000;
  int64_t days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
  int second = (int)(seconds - days * 86400);
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t of_era = z - era * 146097;
  int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * of_year + 2) / 153;
  int day = (int)(of_year - (153 * month + 2) / 5 + 1);
  month += month < 10 ? 3 : -9;
  year += era * 400 + (month <= 2);
  snprintf(out, MOMENT_LIMIT, "%04d-%02d-%02d %02d:%02d:%02d UTC", (int)year, (int)month, day, second / 3600,
           second / 60 % 60, second % 60);
  return out;
}

void text_hex(const uint8_t *bytes, size_t count, char *out) {
  for (size_t i = 0; i < count; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
  out[2 * count] = 0;
}

const char *text_short(const uint8_t digest[DIGEST_SIZE], char out[SHORT_DIGEST_LIMIT]) {
  sprintf(out, "%02x%02x\xe2\x80\xa6%02x%02x", digest[0], digest[1], digest[DIGEST_SIZE - 2], digest[DIGEST_SIZE - 1]);
  return out;
}

static int digit_value(uint8_t digit) {
  return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int text_digest(struct slice digits, uint8_t digest[DIGEST_SIZE]) {
  if (digits.length != DIGEST_DIGITS) return 0;
  for (size_t i = 0; i < DIGEST_SIZE; i++) {
    int high = digit_value(digits.at[2 * i]), low = digit_value(digits.at[2 * i + 1]);
    if (high < 0 || low < 0) return 0;
    digest[i] = (uint8_t)(high << 4 | low);
  }
  return 1;
}
