/*
 * bank-server-unbound: the bank with the mistake that bank-server does not make. It appraises whoever comes to one door, and
 * serves at the other whoever comes from the same address within five minutes.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "attested/handshake.h"
#include "bank/server.h"
#include "bank/teller.h"
#include "clock.h"
#include "unbound/anybody.h"
#include "unbound/exchange.h"

enum { ADMITTED_LIMIT = 64, ADMITTED_MS = 300000 };

/* Shared by the processes that serve one connection each; a race between two of them costs an entry, no more. */
struct admitted {
  in_addr_t address;
  int64_t until_ms;
};
static struct admitted *admitted;

static void admit(struct in_addr from) {
  struct admitted *oldest = admitted;
  for (struct admitted *each = admitted; each < admitted + ADMITTED_LIMIT; each++) {
    if (each->until_ms < oldest->until_ms) oldest = each;
  }
  *oldest = (struct admitted){.address = from.s_addr, .until_ms = clock_ms() + ADMITTED_MS};
}

static int is_admitted(struct in_addr from) {
  for (struct admitted *each = admitted; each < admitted + ADMITTED_LIMIT; each++) {
    if (each->address == from.s_addr && each->until_ms > clock_ms()) return 1;
  }
  return 0;
}

static int prepare(struct server *server, struct why *why) {
  if (!admitted) {
    admitted =
        mmap(0, ADMITTED_LIMIT * sizeof *admitted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  }
  if (!party_endorse(&server->party, "evidence:bank-server", why)) return 0;
  SSL_CTX_free(server->context);
  server->context = anybody_server();
  return admitted != MAP_FAILED && server->context ? 1 : why_say(why, "there is no memory or no key");
}

static void serve_evidence(struct server *server, int fd, struct in_addr from) {
  static struct line line;
  static struct appraisal appraisal;
  struct why why;
  line_adopt(&line, fd, SERVER_PATIENCE_S * 1000);
  if (!exchange_answer(&line, &server->party.own, &why) ||
      !exchange_ask(&line, &server->party.trust.policy, &appraisal, &why)) {
    server_log(why.text);
    return;
  }
  party_tell(&appraisal, server_log);
  if (appraisal.accepted) {
    admit(from);
    line_send(&line, "OK", "", 0);
  } else {
    const char *at = check_names[appraisal_fault(&appraisal)];
    line_send(&line, "ERR", at, strlen(at));
  }
}

static void serve_money(struct server *server, int fd, struct in_addr from) {
  if (!is_admitted(from)) {
    server_log("comes from an address that nobody attested from");
    return;
  }
  handshake_patience(fd, SERVER_IDLE_S);
  SSL *tls = anybody_shake(server->context, fd, 1);
  if (!tls) return;
  teller_serve(tls, server_log);
  handshake_end(tls);
}

static const struct server_kind unbound = {
    .prepare = prepare, .doors = {{.serve = serve_money}, {.port_offset = 1, .serve = serve_evidence}}, .door_count = 2};

int main(int argc, char **argv) { return server_main(argc, argv, &unbound); }
