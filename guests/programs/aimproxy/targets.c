/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"

#include <math.h>
#include <string.h>

enum { HEADER = 8, PLAYER_OUT_OF_GAME = PLAYER_DEAD | PLAYER_GIB };
static const float EYES = 22, MIDDLE = 4;

static void name_of(const char *info, char name[16]) {
  const char *at = strstr(info, "\\name\\");
  char told[16];
  size_t length = at ? strcspn(at + 6, "\\") : 0;
  if (length >= sizeof told) length = sizeof told - 1;
  memcpy(told, at ? at + 6 : "", length);
  told[length] = 0;
  text_plain(name, sizeof told, told);
}

static void tell(void *whose, const struct server_message *message) {
  struct targets *targets = whose;
  if (message->kind == SERVER_DATA) {
    memset(targets->players, 0, sizeof targets->players);
    targets->self = message->index;
  } else if (message->kind == SERVER_USER_INFO) {
    name_of(message->text, targets->names[message->index]);
  } else if (message->kind == SERVER_PLAYER) {
    targets->players[message->player.number] = (struct target){targets->packet, targets->now, message->player};
  }
}

void targets_read(struct targets *targets, const uint8_t *packet, size_t size, double now) {
  struct reader from = {.bytes = packet, .size = size};
  targets->packet = read_u32(&from) & 0x7fffffff;
  targets->now = now;
  read_skip(&from, HEADER - 4);
  if (!from.bad) server_read(&from, tell, targets);
}

/* Where a player's middle is so many seconds after it was told. */
static void place(const struct target *target, double seconds, float at[3]) {
  for (int axis = 0; axis < 2; axis++) at[axis] = target->told.origin[axis] + target->told.velocity[axis] * (float)seconds;
  at[2] = target->told.origin[2];
}

int targets_aim(const struct targets *targets, double now, double late, float angles[3]) {
  const struct target *self = &targets->players[targets->self];
  float eye[3], least = 0;
  int best = -1;
  place(self, now - self->at + late, eye);
  eye[2] += EYES;
  for (int slot = 0; slot < SERVER_PLAYERS; slot++) {
    const struct target *target = &targets->players[slot];
    if (target->packet != self->packet || target->packet == 0 || slot == targets->self) continue;
    if (target->told.flags & PLAYER_OUT_OF_GAME) continue;
    float at[3];
    place(target, now - target->at + late + target->told.milliseconds / 1000.0, at);
    float east = at[0] - eye[0], north = at[1] - eye[1], up = at[2] + MIDDLE - eye[2], far = hypotf(east, north);
    if (best >= 0 && far >= least) continue;
    best = slot;
    least = far;
    angles[0] = -atan2f(up, far) * (float)(180 / M_PI);
    angles[1] = atan2f(north, east) * (float)(180 / M_PI);
    angles[2] = 0;
  }
  return best;
}
