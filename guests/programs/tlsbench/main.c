/*
 * tlsbench: what appraising costs. Makes connections in turns, one attested, one with plain mutual TLS, between the same two boxes, and
 * prints for each how long it took until the other end's first message was there: "attested us=N" or "plain us=N".
 * Its role says which end it is: tlsbench-server or tlsbench-client.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bank/message.h"
#include "bank/network.h"
#include "bank/party.h"
#include "clock.h"
#include "options.h"
#include "plain.h"

/* From the settings' port. */
enum { ATTESTED, PLAIN, ENROLMENT, DOORS };
enum { ROUNDS = 20, PATIENCE_S = 30, RETRY_MS = 200 };

static struct party party;
static SSL_CTX *contexts[2]; /* attested, plain */

__attribute__((noreturn)) static void give_up(const char *why) {
  printf("tlsbench: %s\n", why);
  fflush(stdout);
  for (;;) pause();
}

static SSL *shake(int kind, enum handshake_side side, int fd) {
  static struct handshake handshake;
  handshake.policy = &party.trust.policy;
  if (kind == ATTESTED) return handshake_do(contexts[ATTESTED], side, fd, PATIENCE_S, &handshake);
  SSL *tls = SSL_new(contexts[PLAIN]);
  handshake_patience(fd, PATIENCE_S);
  if (tls && SSL_set_fd(tls, fd) == 1 && (side == HANDSHAKE_SERVER ? SSL_accept(tls) : SSL_connect(tls)) == 1) return tls;
  SSL_free(tls);
  close(fd);
  return 0;
}

static void serve(void) {
  struct pollfd doors[DOORS];
  struct why why;
  contexts[PLAIN] = plain_server();
  if (!contexts[PLAIN]) give_up("no plain TLS");
  for (int i = 0; i < DOORS; i++) {
    doors[i] = (struct pollfd){.fd = network_listen(party.settings.port + i, &why), .events = POLLIN};
    if (doors[i].fd < 0) give_up(why.text);
  }
  puts("ready");
  fflush(stdout);
  while (poll(doors, DOORS, -1) > 0) {
    for (int i = 0; i < DOORS; i++) {
      int fd = doors[i].revents ? accept4(doors[i].fd, 0, 0, SOCK_CLOEXEC) : -1;
      if (fd < 0) continue;
      if (i == ENROLMENT) {
        plain_enrol(fd);
        continue;
      }
      SSL *tls = shake(i, HANDSHAKE_SERVER, fd);
      if (!tls) continue;
      message_send(tls, "READY");
      handshake_end(tls);
    }
  }
}

/* The server may start later than we do. */
static int call(int door) {
  struct why why;
  for (;;) {
    int fd = network_call(party.settings.peer, party.settings.port + door, PATIENCE_S, &why);
    if (fd >= 0) return fd;
    clock_sleep(RETRY_MS);
  }
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void measure(int kind, int is_counted) {
  char greeting[MESSAGE_SIZE + 1];
  int64_t began = now_us();
  SSL *tls = shake(kind, HANDSHAKE_CLIENT, call(kind));
  if (!tls || message_receive(tls, greeting) != 1) give_up(kind == ATTESTED ? "refused" : "no plain connection");
  long long took = now_us() - began;
  handshake_end(tls);
  if (is_counted) printf("%s us=%lld\n", kind == ATTESTED ? "attested" : "plain", took);
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct why why;
  signal(SIGPIPE, SIG_IGN);
  party_options(&party, argc, argv);
  if (!party_open(&party, &why) || !party_endorse(&party, "tls:tlsbench", &why)) give_up(why.text);
  enum tls_profile profile = handshake_profile(party.settings.tls);
  int is_server = strcmp(party.settings.role, "tlsbench-server") == 0;
  contexts[ATTESTED] = handshake_context(&party.own, is_server ? HANDSHAKE_SERVER : HANDSHAKE_CLIENT, profile, &why);
  if (!contexts[ATTESTED]) give_up(why.text);
  if (is_server) serve();
  contexts[PLAIN] = plain_client(call(ENROLMENT), profile);
  if (!contexts[PLAIN]) give_up("no plain TLS");
  /* The first of each kind warms up. */
  for (int round = 0; round <= ROUNDS; round++) {
    measure(ATTESTED, round > 0);
    measure(PLAIN, round > 0);
  }
  give_up("done");
}
