/* SPDX-License-Identifier: GPL-2.0-or-later
   The way into a server's game and the packets to and fro. It begins anew by itself when the server is away, refuses or falls
   silent; `view->status` says what it is at. The socket never blocks. */
#ifndef CULVERT_CONNECTION_H
#define CULVERT_CONNECTION_H

#include <netinet/in.h>

#include "box/config.h"
#include "quakeworld/channel.h"
#include "world.h"

enum connection_state {
  CONNECTION_ASKING,     /* for a challenge */
  CONNECTION_ENTERING,   /* with the challenge's answer */
  CONNECTION_SIGNING_ON, /* lists, the map, the start */
  CONNECTION_PLAYING,
};

enum { CONNECTION_COMMAND = 512 };

struct connection {
  int socket;
  struct sockaddr_in server;
  const char *name, *folder;
  /* The map, loaded when the server has named it. */
  struct map *map;
  struct world *world;
  enum connection_state state;
  double state_since, asked_at, heard_at;
  int challenge;
  struct channel channel;
  bool begun;
  /* A command of the server's that is not at its end yet. */
  char command[CONNECTION_COMMAND];
  size_t command_size;
  /* When the last packets went out, by number, and how long the last answers took. */
  double sent_at[64], round_trip;
  uint32_t measured;
  /* The moves of the last packets, by number. */
  struct move moves[64];
};

/* False, and errno, if there is no socket for it. */
bool connection_open(struct connection *connection, const struct config_peer *peer);

/* Takes in all that has arrived. */
void connection_receive(struct connection *connection, double now);

/* Once a frame: sends the move, or asks again for what has not been answered. */
void connection_send(struct connection *connection, double now, const struct move *move);

/* Tells the server that the player goes. */
void connection_leave(struct connection *connection);

/* Says something to the server as a person would at the console: "say hello", "kill". */
void connection_say(struct connection *connection, const char *command);

#endif
