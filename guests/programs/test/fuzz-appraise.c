/*
 * For tests: gives the appraiser what a careful liar would, many thousand times, and ends with 0 if it neither broke nor
 * believed any of it. Compiled with the sanitizers of the host's compiler, so that a byte read too far is an end with a
 * report. The same seed gives the same lies.
 *
 * usage: fuzz-appraise TRUST TIME SEED ROUNDS NONCE SIGNATURE CERTIFICATE x5 [VENDOR]...   (files, as `appraise` takes them)
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "appraise/appraise.h"
#include "appraise/pemread.h"
#include "appraise/trust.h"

enum { PARTS_LIMIT = 12, PART_SIZE = 24576, TRUST_ROOM = 65536 };

struct part {
  size_t length;
  uint8_t bytes[PART_SIZE];
};

static struct part texts[PARTS_LIMIT], ders[PARTS_LIMIT], lies[PARTS_LIMIT];
static struct part signature;
static struct trust trust, other_trust;
static struct appraisal appraisal;
static uint8_t trust_text[TRUST_ROOM];
static uint64_t state;

/* xorshift64*: the same numbers from the same seed, wherever. */
static uint32_t number(uint32_t below) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)(state * 0x2545f4914f6cdd1du >> 32) % below;
}

static size_t load(const char *path, uint8_t *bytes, size_t size) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "cannot open %s\n", path);
    exit(2);
  }
  size_t length = fread(bytes, 1, size, file);
  fclose(file);
  return length;
}

static void splice(uint8_t *bytes, size_t *length, size_t size, size_t at, size_t out, const uint8_t *in, size_t count) {
  if (*length - out + count > size) return;
  memmove(bytes + at + count, bytes + at + out, *length - at - out);
  memcpy(bytes + at, in, count);
  *length += count - out;
}

/* One small change. Numbers near a limit are what parsers get wrong. */
static void lie(uint8_t *bytes, size_t *length, size_t size) {
  static const uint8_t pointed[] = {0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xa0, 0xa3, 0xfe, 0xff, 0x30, 0x31,
                                    0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17, 0x18, 0x1f, 0x3f, '\n', '-',  ' ',  '='};
  if (*length == 0) return;
  size_t at = number((uint32_t)*length), left = *length - at;
  size_t count = 1 + number(left < 64 ? (uint32_t)left : 64);
  uint8_t copy[64];
  memcpy(copy, bytes + at, count);
  switch (number(7)) {
    case 0: bytes[at] ^= (uint8_t)(1 << number(8)); break;
    case 1: bytes[at] = pointed[number(sizeof pointed)]; break;
    case 2: bytes[at] = (uint8_t)(bytes[at] + (number(2) ? 1 : -1)); break;
    case 3: splice(bytes, length, size, at, count, copy, 0); break;
    case 4: splice(bytes, length, size, number((uint32_t)*length), 0, copy, count); break;
    case 5: *length = at; break;
    case 6: splice(bytes, length, size, at, 0, &pointed[number(sizeof pointed)], 1); break;
  }
}

/* Changes some of the parts from `first` on. */
static void tell(struct part *from, size_t first, size_t count) {
  for (size_t i = 0; i < count; i++) {
    lies[i].length = from[i].length;
    memcpy(lies[i].bytes, from[i].bytes, from[i].length);
  }
  for (uint32_t changes = 1 + number(3); changes > 0; changes--) {
    struct part *one = &lies[first + number((uint32_t)(count - first))];
    lie(one->bytes, &one->length, sizeof one->bytes);
  }
}

/* Exact copies on the heap, where a read one byte too far is seen. */
static void judge(const struct policy *policy, struct evidence *evidence, size_t count, int64_t time_ms) {
  struct slice copies[PARTS_LIMIT];
  uint8_t *heap[PARTS_LIMIT];
  for (size_t i = 0; i < count; i++) {
    heap[i] = malloc(lies[i].length ? lies[i].length : 1);
    memcpy(heap[i], lies[i].bytes, lies[i].length);
    copies[i] = (struct slice){heap[i], lies[i].length};
  }
  evidence->chain = copies;
  evidence->chain_count = CHAIN_LENGTH;
  evidence->vendors = copies + CHAIN_LENGTH;
  evidence->vendor_count = count - CHAIN_LENGTH;
  appraise(policy, evidence, time_ms, &appraisal);
  for (size_t i = 0; i < count; i++) free(heap[i]);
}

static int chain_is_told(void) {
  for (size_t i = 0; i < CHAIN_LENGTH; i++) {
    if (lies[i].length != ders[i].length || memcmp(lies[i].bytes, ders[i].bytes, ders[i].length) != 0) return 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 7 + CHAIN_LENGTH || argc > 7 + PARTS_LIMIT) return 2;
  struct why why;
  int64_t time_ms = strtoll(argv[2], 0, 10) * 1000;
  state = strtoull(argv[3], 0, 10) * 2 + 1;
  long rounds = strtol(argv[4], 0, 10);
  struct evidence answered = {.use = LEAF_EVIDENCE, .is_pem = 1}, shaken = {.use = LEAF_TLS};
  if (!text_digest((struct slice){(const uint8_t *)argv[5], strlen(argv[5])}, answered.nonce)) return 2;
  signature.length = load(argv[6], signature.bytes, sizeof signature.bytes);
  answered.signature = (struct slice){signature.bytes, signature.length};
  size_t count = (size_t)argc - 7, trust_length = load(argv[1], trust_text, sizeof trust_text);
  for (size_t i = 0; i < count; i++) {
    const struct what what = {argv[7 + i], 0};
    texts[i].length = load(argv[7 + i], texts[i].bytes, sizeof texts[i].bytes);
    if (!pem_certificate((struct slice){texts[i].bytes, texts[i].length}, ders[i].bytes, sizeof ders[i].bytes, &what,
                         &ders[i].length, &why)) {
      fprintf(stderr, "%s\n", why.text);
      return 2;
    }
  }
  if (!trust_read(&trust, argv[1], 0, &why)) {
    fprintf(stderr, "%s\n", why.text);
    return 2;
  }
  memcpy(lies, texts, sizeof texts);
  judge(&trust.policy, &answered, count, time_ms);
  if (!appraisal.accepted) {
    fprintf(stderr, "the truth is refused: %s\n", appraisal.checks[appraisal_fault(&appraisal)].detail);
    return 2;
  }

  long faults[CHECK_COUNT + 1] = {0}, bad_trusts = 0;
  int memory = memfd_create("trust", MFD_CLOEXEC);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
  for (long round = 0; round < rounds; round++) {
    switch (round % 4) {
      case 0: /* certificates of a handshake; the leaf is for evidence, so that one is looked at to its last extension */
        tell(ders, 0, count);
        judge(&trust.policy, &shaken, count, time_ms);
        break;
      case 1: /* everything but the leaf, which is what the signature covers */
        tell(ders, 1, count);
        answered.is_pem = 0;
        judge(&trust.policy, &answered, count, time_ms);
        answered.is_pem = 1;
        break;
      case 2: /* texts of an answer to a challenge */
        tell(texts, 0, count);
        judge(&trust.policy, &answered, count, time_ms);
        break;
      case 3: { /* a trust disk */
        uint8_t text[TRUST_ROOM];
        size_t length = trust_length;
        memcpy(text, trust_text, length);
        for (uint32_t changes = 1 + number(2); changes > 0; changes--) lie(text, &length, sizeof text);
        if (ftruncate(memory, 0) != 0 || pwrite(memory, text, length, 0) != (ssize_t)length) return 2;
        memcpy(lies, texts, sizeof texts);
        if (trust_read(&other_trust, path, 0, &why)) {
          judge(&other_trust.policy, &answered, count, time_ms);
        } else {
          bad_trusts++;
        }
        break;
      }
    }
    if (round % 4 == 3) continue;
    faults[appraisal_fault(&appraisal)]++;
    if (appraisal.accepted && round % 4 < 2 && !chain_is_told()) {
      fprintf(stderr, "round %ld: a chain that nobody made was accepted\n", round);
      return 1;
    }
  }
  for (int check = 0; check < CHECK_COUNT; check++) printf("%s %ld\n", check_names[check], faults[check]);
  printf("accepted %ld\nbad-trusts %ld\n", faults[CHECK_COUNT], bad_trusts);
  return 0;
}
