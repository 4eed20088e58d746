/*
 * bank-client-unbound: home banking with the mistake that bank-client does not make. The bank is appraised over one connection,
 * and spoken with over another, which is encrypted but bound to nothing that was appraised.
 */
#include <unistd.h>

#include "bank/client.h"
#include "bank/network.h"
#include "unbound/anybody.h"
#include "clock.h"
#include "unbound/exchange.h"

enum { EVIDENCE_PORT_OFFSET = 1 };

static int attest(struct party *party, struct handshake *handshake) {
  static struct line line;
  struct why *why = &handshake->trouble;
  if (own_is_old(&party->own) && !party_endorse(party, "evidence:bank-client", why)) return 0;
  int port = party->settings.port + EVIDENCE_PORT_OFFSET;
  int fd = network_call(party->settings.peer, port, CLIENT_PATIENCE_S, why);
  if (fd < 0) return 0;
  line_adopt(&line, fd, CLIENT_PATIENCE_S * 1000);
  handshake->was_appraised = exchange_ask(&line, handshake->policy, &handshake->appraisal, why);
  int good = handshake->was_appraised && handshake->appraisal.accepted;
  if (handshake->was_appraised && !good) {
    int fault = appraisal_fault(&handshake->appraisal);
    why_say(why, "refused at %s: %.900s", check_names[fault], handshake->appraisal.checks[fault].detail);
  }
  good = good && exchange_answer(&line, &party->own, why);
  if (good && (line_receive(&line, clock_ms() + line.patience_ms) != LINE_OK || strcmp(line.frame.word, "OK") != 0)) {
    good = why_say(why, "the other end refuses");
  }
  line_close(&line);
  return good;
}

static SSL *reach(struct party *party, struct handshake *handshake) {
  if (!attest(party, handshake)) return 0;
  int fd = network_call(party->settings.peer, party->settings.port, CLIENT_PATIENCE_S, &handshake->trouble);
  SSL_CTX *context = fd < 0 ? 0 : anybody_client();
  SSL *tls = context ? anybody_shake(context, fd, 0) : 0;
  SSL_CTX_free(context);
  if (fd >= 0 && !tls) why_say(&handshake->trouble, "no TLS connection");
  return tls;
}

int main(int argc, char **argv) { return client_main(argc, argv, reach); }
