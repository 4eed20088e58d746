/*
 * What a player does in a moment, and clc_move, the message that carries the last three such moments, each as its differences
 * from the one before, with a checksum that names the packet's number.
 */
#ifndef QUAKEWORLD_MOVE_H
#define QUAKEWORLD_MOVE_H

#include "message.h"

enum { BUTTON_ATTACK = 1, BUTTON_JUMP = 2, MOVES = 3 };

struct move {
  /* Degrees: pitch (down is positive), yaw, roll. */
  float angles[3];
  /* Units a second. */
  int16_t forward, side, up;
  uint8_t buttons, impulse;
  /* What the moment took. */
  uint8_t milliseconds;
};

/* A move as its difference from another. */
void move_read(struct reader *from, const struct move *base, struct move *move);
void move_write(struct writer *to, const struct move *base, const struct move *move);

/* The whole message, first byte and checksum included: oldest move first. `sequence` is the packet's number. */
void moves_write(struct writer *to, uint32_t sequence, uint8_t loss, const struct move moves[MOVES]);
/* What follows the message's first byte. False if it ends too early or the checksum is wrong. */
bool moves_read(struct reader *from, uint32_t sequence, uint8_t *loss, struct move moves[MOVES]);

/* CRC-16 (CCITT, from 0xffff), as the protocol has it in several places. */
uint16_t crc16(const void *bytes, size_t count);

#endif
