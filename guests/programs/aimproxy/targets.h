/* SPDX-License-Identifier: GPL-2.0-or-later
   Who is where, as the server tells the player behind the proxy: all that is needed to aim for him, and nobody asked his eyes. */
#ifndef AIMPROXY_TARGETS_H
#define AIMPROXY_TARGETS_H

#include "quakeworld/server.h"

struct target {
  /* The packet that told of it last, and when that came. */
  uint32_t packet;
  double at;
  struct server_player told;
};

struct targets {
  int self;
  /* The packet that is being read, and when it came. */
  uint32_t packet;
  double now;
  struct target players[SERVER_PLAYERS];
  char names[SERVER_PLAYERS][16];
};

/* Reads a packet of the server's, header included. */
void targets_read(struct targets *targets, const uint8_t *packet, size_t size, double now);

/*
 * Angles from the player's eye to the middle of the nearest living enemy that the last packet told of, where both will be when
 * a shot of now counts, `late` seconds after what that packet says. The enemy's slot, or -1 if there is none.
 */
int targets_aim(const struct targets *targets, double now, double late, float angles[3]);

#endif
