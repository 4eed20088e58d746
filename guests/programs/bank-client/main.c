/*
 * bank-client: home banking in a closed box. Calls the bank, and goes on only if the very connection that is spoken over was
 * made with the bank's endorsed key.
 */
#include "bank/client.h"
#include "bank/network.h"

static SSL *reach(struct party *party, struct handshake *handshake) {
  enum tls_profile profile = handshake_profile(party->settings.tls);
  if (own_is_old(&party->own) && !party_endorse(party, "tls:bank-client", &handshake->trouble)) return 0;
  SSL_CTX *context = handshake_context(&party->own, HANDSHAKE_CLIENT, profile, &handshake->trouble);
  if (!context) return 0;
  int fd = network_call(party->settings.peer, party->settings.port, CLIENT_PATIENCE_S, &handshake->trouble);
  SSL *tls = fd < 0 ? 0 : handshake_do(context, HANDSHAKE_CLIENT, fd, CLIENT_PATIENCE_S, handshake);
  SSL_CTX_free(context); /* the connection keeps it for as long as it lives */
  return tls;
}

int main(int argc, char **argv) { return client_main(argc, argv, reach); }
