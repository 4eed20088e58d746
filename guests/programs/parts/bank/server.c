#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounts.h"
#include "clock.h"
#include "network.h"
#include "options.h"

enum { CLIENTS_LIMIT = 8, FIRST_RETRY_MS = 500, LAST_RETRY_MS = 30000, LINE_LIMIT = 1200 };

static char client[64]; /* of this process */
static int clients;

void server_log(const char *line) {
  char text[LINE_LIMIT];
  int length = snprintf(text, sizeof text, "%s%s%.1100s\n", client, client[0] ? " " : "", line);
  ssize_t ignored = write(STDOUT_FILENO, text, (size_t)length);
  (void)ignored;
}

__attribute__((format(printf, 1, 2))) static void log_formatted(const char *format, ...) {
  char line[LINE_LIMIT];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  server_log(line);
}

/* Tries until it works: the bank is of no use before, and its TVMM may be busy. */
static void prepare(struct server *server, const struct server_kind *kind) {
  struct why why;
  for (int wait_ms = FIRST_RETRY_MS; !kind->prepare(server, &why);) {
    log_formatted("%s; next try in %d ms", why.text, wait_ms);
    clock_sleep(wait_ms);
    wait_ms = wait_ms * 2 < LAST_RETRY_MS ? wait_ms * 2 : LAST_RETRY_MS;
  }
  char identity[DIGEST_DIGITS + 1], trust[DIGEST_DIGITS + 1];
  text_hex(server->party.own.identity, DIGEST_SIZE, identity);
  text_hex(server->party.own.trust, DIGEST_SIZE, trust);
  log_formatted("identity %s, disk trust %s, TLS %s", identity, trust, server->party.settings.tls);
}

static void take(struct server *server, const struct door *door, int listener) {
  struct sockaddr_in from = {0};
  socklen_t length = sizeof from;
  int fd = accept4(listener, (struct sockaddr *)&from, &length, SOCK_CLOEXEC);
  if (fd < 0) return;
  char address[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &from.sin_addr, address, sizeof address);
  snprintf(client, sizeof client, "%s:%d", address, ntohs(from.sin_port));
  pid_t child = clients < CLIENTS_LIMIT ? fork() : -1;
  if (child == 0) {
    server_log("connects");
    door->serve(server, fd, from.sin_addr);
    _exit(0);
  }
  if (child > 0) {
    clients++;
  } else {
    server_log("is turned away: too many clients");
  }
  client[0] = 0;
  close(fd);
}

static void serve(struct server *server, const struct server_kind *kind, struct pollfd *listeners) {
  for (;;) {
    while (waitpid(-1, 0, WNOHANG) > 0) clients--;
    if (own_is_old(&server->party.own)) prepare(server, kind);
    /* In between, children that ended are counted and certificates looked at. */
    if (poll(listeners, kind->door_count, 1000) <= 0) continue;
    for (size_t i = 0; i < kind->door_count; i++) {
      if (listeners[i].revents) take(server, &kind->doors[i], listeners[i].fd);
    }
  }
}

int server_main(int argc, char **argv, const struct server_kind *kind) {
  static struct server server;
  struct pollfd listeners[DOORS_LIMIT];
  struct why why;
  signal(SIGPIPE, SIG_IGN);
  party_options(&server.party, argc, argv);
  if (!party_open(&server.party, &why) || accounts_open() != 0) {
    log_formatted("%s cannot work: %s", server.party.program, why.text);
    return EXIT_DEVICE;
  }
  log_formatted("%s %s", server.party.product, server.party.version);
  prepare(&server, kind);
  for (size_t i = 0; i < kind->door_count; i++) {
    int port = server.party.settings.port + kind->doors[i].port_offset;
    listeners[i] = (struct pollfd){.fd = network_listen(port, &why), .events = POLLIN};
    if (listeners[i].fd < 0) {
      server_log(why.text);
      return EXIT_DEVICE;
    }
    log_formatted("listens on port %d", port);
  }
  serve(&server, kind, listeners);
  return EXIT_DONE;
}
