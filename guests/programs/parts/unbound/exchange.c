#define _GNU_SOURCE
#include "exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "clock.h"

enum { CERTIFICATES_LIMIT = CHAIN_LENGTH + VENDORS_LIMIT + 1 };

static const char block_end[] = "-----END CERTIFICATE-----\n";

/* Cuts the text behind each block; what is no block is left to the appraiser, which refuses it. */
static size_t split(struct slice text, struct slice certificates[CERTIFICATES_LIMIT]) {
  size_t count = 0;
  while (text.length > 0 && count < CERTIFICATES_LIMIT) {
    const uint8_t *end = memmem(text.at, text.length, block_end, sizeof block_end - 1);
    size_t length = end ? (size_t)(end - text.at) + sizeof block_end - 1 : text.length;
    certificates[count++] = (struct slice){text.at, length};
    text = (struct slice){text.at + length, text.length - length};
  }
  return count;
}

static int receive(struct line *line, const char *word, struct why *why) {
  if (line_receive(line, clock_ms() + line->patience_ms) != LINE_OK) return why_say(why, "%s", line->error);
  if (strcmp(line->frame.word, word) == 0) return 1;
  return why_say(why, "'%s' came where %s should", line->frame.word, word);
}

int exchange_ask(struct line *line, const struct policy *policy, struct appraisal *appraisal, struct why *why) {
  static struct slice certificates[CERTIFICATES_LIMIT];
  struct evidence evidence = {.use = LEAF_EVIDENCE, .is_pem = 1, .chain = certificates};
  while (getrandom(evidence.nonce, NONCE_SIZE, 0) != NONCE_SIZE) continue;
  if (line_send(line, "CHALLENGE", evidence.nonce, NONCE_SIZE) != LINE_OK) return why_say(why, "%s", line->error);
  if (!receive(line, "EVIDENCE", why)) return 0;
  struct slice body = {line->frame.body, line->frame.length};
  size_t signature = body.length < 2 ? 0 : (size_t)body.at[0] << 8 | body.at[1];
  if (body.length < 2 || signature > body.length - 2) return why_say(why, "the evidence ends inside its signature");
  evidence.signature = (struct slice){body.at + 2, signature};
  size_t count = split((struct slice){body.at + 2 + signature, body.length - 2 - signature}, certificates);
  evidence.chain_count = count < CHAIN_LENGTH ? count : CHAIN_LENGTH;
  evidence.vendors = certificates + evidence.chain_count;
  evidence.vendor_count = count - evidence.chain_count;
  appraise(policy, &evidence, (int64_t)time(0) * 1000, appraisal);
  return 1;
}

int exchange_answer(struct line *line, const struct own *own, struct why *why) {
  static uint8_t body[FRAME_BODY_LIMIT];
  if (!receive(line, "CHALLENGE", why)) return 0;
  if (line->frame.length != LINE_NONCE_SIZE) {
    return why_say(why, "a nonce has %d bytes, this one has %zu", LINE_NONCE_SIZE, line->frame.length);
  }
  size_t length = evidence_make(&own->endorsement, &own->key, line->frame.body, body);
  if (length == 0) return why_say(why, "the evidence is larger than %d bytes", FRAME_BODY_LIMIT);
  return line_send(line, "EVIDENCE", body, length) == LINE_OK || why_say(why, "%s", line->error);
}
