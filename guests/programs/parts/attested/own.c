#include "own.h"

#include <string.h>

#include "appraise/pemread.h"
#include "clock.h"
#include "com2.h"
#include "csr.h"

static int ask(const char *device, const uint8_t *csr, size_t length, struct line *line, struct why *why) {
  enum line_result result =
      device ? line_open(line, device, COM2_PATIENCE_MS) : com2_open_any(line, COM2_PATIENCE_MS);
  if (result == LINE_OK) result = line_request(line, "ENDORSE", csr, length);
  line_close(line);
  if (result == LINE_OK) return 1;
  return why_say(why, "%s: %s", result == LINE_REFUSED ? "the TVMM refuses to endorse this box" : "no endorsement",
                 line->error);
}

/* Takes the reply's certificates apart. */
static int read_reply(struct own *own, struct why *why) {
  static const struct what what = {"the reply to ENDORSE", 0};
  struct pem_reader reader;
  struct slice text = {own->endorsement.text, own->endorsement.text_length};
  if (!pem_open(&reader, text, PEM_CERTIFICATE, &what, why)) return 0;
  size_t used = 0, length;
  for (own->count = 0;; own->count++) {
    int got = pem_next(&reader, own->der + used, sizeof own->der - used, &length);
    if (got < 0) return 0;
    if (got == 0) break;
    if (own->count == OWN_CERTIFICATES) return why_not(why, &what, " has more than %d certificates", OWN_CERTIFICATES);
    own->certificates[own->count] = (struct slice){own->der + used, length};
    used += length; /* DER is shorter than the text it was in, and the text is no longer than the room */
  }
  return own->count >= CHAIN_LENGTH || why_not(why, &what, " has %zu certificates; a chain has five", own->count);
}

/* Who the TVMM says we are. It is nobody's proof: the peer checks, we only have to know. */
static int read_leaf(struct own *own, struct why *why) {
  struct certificate leaf;
  if (!certificate_read(own->certificates[0], &chain_names[0], &leaf, why)) return 0;
  if (!leaf.extensions.has_tcb_info) return why_not(why, &chain_names[0], " has no TcbInfo");
  memcpy(own->identity, leaf.extensions.tcb_info.digest.at, DIGEST_SIZE);
  own->has_trust = 0;
  for (size_t i = 0; i < leaf.extensions.secondary_count; i++) {
    if (!slice_is(leaf.extensions.secondaries[i].name, "trust")) continue;
    memcpy(own->trust, leaf.extensions.secondaries[i].root.at, DIGEST_SIZE);
    own->has_trust = 1;
  }
  return 1;
}

int own_endorse(struct own *own, const char *device, const char *data, struct why *why) {
  static struct line line;
  static uint8_t csr[CSR_LIMIT];
  own->endorsed_ms = 0;
  if (key_make(&own->key) != 0) return why_say(why, "cannot make a key: the kernel gives no randomness");
  size_t length = csr_make(&own->key, data, strlen(data), csr);
  if (length == 0) return why_say(why, "cannot make a certificate request");
  if (!ask(device, csr, length, &line, why)) return 0;
  const char *wrong = endorsement_take(&own->endorsement, &own->key, line.frame.body, line.frame.length);
  if (wrong) return why_say(why, "%s", wrong);
  if (!read_reply(own, why) || !read_leaf(own, why)) return 0;
  own->endorsed_ms = clock_ms();
  return 1;
}

int own_is_old(const struct own *own) {
  return own->endorsed_ms == 0 || clock_ms() - own->endorsed_ms >= (int64_t)OWN_RENEW_S * 1000;
}
