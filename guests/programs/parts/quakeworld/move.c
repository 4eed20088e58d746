#include "move.h"

#include <string.h>

enum {
  HAS_PITCH = 1,
  HAS_ROLL = 2,
  HAS_FORWARD = 4,
  HAS_SIDE = 8,
  HAS_UP = 16,
  HAS_BUTTONS = 32,
  HAS_IMPULSE = 64,
  HAS_YAW = 128,
  CLC_MOVE = 3,
  /* The checksum is over as much at most. */
  CHECKED = 60,
};

/* The protocol's table for the checksum. It is a constant of the interface, taken by the build out of Debian's mvdsv,
   which is under the GPL, version 2 or later: so is each program that this is linked into (culvert/LICENSE, aimproxy/LICENSE). */
static const uint8_t table[1024] = {
#include "move-table.inc"
};

uint16_t crc16(const void *bytes, size_t count) {
  uint16_t crc = 0xffff;
  for (size_t at = 0; at < count; at++) {
    crc ^= (uint16_t)(((const uint8_t *)bytes)[at] << 8);
    for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
  }
  return crc;
}

static uint8_t checksum(const uint8_t *bytes, size_t count, uint32_t sequence) {
  const uint8_t *salt = table + sequence % (sizeof table - 8);
  uint8_t block[CHECKED + 4];
  if (count > CHECKED) count = CHECKED;
  memcpy(block, bytes, count);
  block[count] = (uint8_t)(sequence ^ salt[0]);
  block[count + 1] = salt[1];
  block[count + 2] = (uint8_t)(sequence >> 8 ^ salt[2]);
  block[count + 3] = salt[3];
  return (uint8_t)crc16(block, count + 4);
}

void move_read(struct reader *from, const struct move *base, struct move *move) {
  *move = *base;
  unsigned has = read_u8(from);
  if (has & HAS_PITCH) move->angles[0] = read_angle16(from);
  if (has & HAS_YAW) move->angles[1] = read_angle16(from);
  if (has & HAS_ROLL) move->angles[2] = read_angle16(from);
  if (has & HAS_FORWARD) move->forward = read_i16(from);
  if (has & HAS_SIDE) move->side = read_i16(from);
  if (has & HAS_UP) move->up = read_i16(from);
  if (has & HAS_BUTTONS) move->buttons = read_u8(from);
  if (has & HAS_IMPULSE) move->impulse = read_u8(from);
  move->milliseconds = read_u8(from);
}

void move_write(struct writer *to, const struct move *base, const struct move *move) {
  unsigned has = (move->angles[0] != base->angles[0] ? HAS_PITCH : 0) |
                 (move->angles[1] != base->angles[1] ? HAS_YAW : 0) |
                 (move->angles[2] != base->angles[2] ? HAS_ROLL : 0) |
                 (move->forward != base->forward ? HAS_FORWARD : 0) | (move->side != base->side ? HAS_SIDE : 0) |
                 (move->up != base->up ? HAS_UP : 0) | (move->buttons != base->buttons ? HAS_BUTTONS : 0) |
                 (move->impulse != base->impulse ? HAS_IMPULSE : 0);
  write_u8(to, has);
  if (has & HAS_PITCH) write_angle16(to, move->angles[0]);
  if (has & HAS_YAW) write_angle16(to, move->angles[1]);
  if (has & HAS_ROLL) write_angle16(to, move->angles[2]);
  if (has & HAS_FORWARD) write_u16(to, (uint16_t)move->forward);
  if (has & HAS_SIDE) write_u16(to, (uint16_t)move->side);
  if (has & HAS_UP) write_u16(to, (uint16_t)move->up);
  if (has & HAS_BUTTONS) write_u8(to, move->buttons);
  if (has & HAS_IMPULSE) write_u8(to, move->impulse);
  write_u8(to, move->milliseconds);
}

void moves_write(struct writer *to, uint32_t sequence, uint8_t loss, const struct move moves[MOVES]) {
  static const struct move none;
  write_u8(to, CLC_MOVE);
  size_t place = to->size;
  write_u8(to, 0);
  write_u8(to, loss);
  for (int i = 0; i < MOVES; i++) move_write(to, i == 0 ? &none : &moves[i - 1], &moves[i]);
  if (!to->full) to->bytes[place] = checksum(to->bytes + place + 1, to->size - place - 1, sequence);
}

bool moves_read(struct reader *from, uint32_t sequence, uint8_t *loss, struct move moves[MOVES]) {
  static const struct move none;
  uint8_t said = read_u8(from);
  size_t begin = from->at;
  *loss = read_u8(from);
  for (int i = 0; i < MOVES; i++) move_read(from, i == 0 ? &none : &moves[i - 1], &moves[i]);
  return !from->bad && said == checksum(from->bytes + begin, from->at - begin, sequence);
}
