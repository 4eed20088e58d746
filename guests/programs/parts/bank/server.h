/*
 * The bank: takes connections at its doors, each served by a process of its own, and logs on its console what it checked and
 * concluded; never a name, an amount or a balance.
 */
#ifndef TERRA_SERVER_H
#define TERRA_SERVER_H

#include <netinet/in.h>
#include <openssl/ssl.h>

#include "party.h"

enum { DOORS_LIMIT = 2, SERVER_PATIENCE_S = 30, SERVER_IDLE_S = 600 };

struct server {
  struct party party;
  SSL_CTX *context;
};

struct door {
  int port_offset; /* from the settings' port */
  /* Serves one connection, in a process of its own. */
  void (*serve)(struct server *server, int fd, struct in_addr from);
};

struct server_kind {
  /* Makes keys and context anew, at the start and when the certificates have grown old. 0, and why. */
  int (*prepare)(struct server *server, struct why *why);
  struct door doors[DOORS_LIMIT];
  size_t door_count;
};

/* Does not end. */
int server_main(int argc, char **argv, const struct server_kind *kind);

/* A line on the console, with the client's address in front of it where one is served. */
void server_log(const char *line);

#endif
