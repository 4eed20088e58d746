/*
 * bank-server: the bank, in a closed box. Whoever calls has to be a box that the policy names, with the key that this very
 * connection was made with.
 */
#include "attested/handshake.h"
#include "bank/server.h"
#include "bank/teller.h"

static int prepare(struct server *server, struct why *why) {
  enum tls_profile profile = handshake_profile(server->party.settings.tls);
  if (!party_endorse(&server->party, "tls:bank-server", why)) return 0;
  SSL_CTX_free(server->context);
  server->context = handshake_context(&server->party.own, HANDSHAKE_SERVER, profile, why);
  return server->context != 0;
}

static void serve(struct server *server, int fd, struct in_addr from) {
  static struct handshake handshake;
  (void)from;
  handshake.policy = &server->party.trust.policy;
  SSL *tls = handshake_do(server->context, HANDSHAKE_SERVER, fd, SERVER_PATIENCE_S, &handshake);
  if (handshake.was_appraised) party_tell(&handshake.appraisal, server_log);
  if (!tls) {
    int is_told = handshake.was_appraised && !handshake.appraisal.accepted;
    if (!is_told) server_log(handshake.trouble.text);
    return;
  }
  handshake_patience(fd, SERVER_IDLE_S);
  teller_serve(tls, server_log);
  handshake_end(tls);
}

static const struct server_kind bound = {.prepare = prepare, .doors = {{.serve = serve}}, .door_count = 1};

int main(int argc, char **argv) { return server_main(argc, argv, &bound); }
