/*
 * The part quakeworld, for tests. `server`: reads a payload from standard input and prints each message told, then "whole" or
 * "broken". `moves SEQUENCE`: reads what follows clc_move's checksum, and for each checksum that is right for it prints it, the moves, and the
 * message written anew, in hexadecimal; then "end".
 * `channel SEED`: two ends over a link that loses half of all packets; prints what each had to carry and what arrived.
 * `fuzz SEED COUNT`: packets of messages that are right but for a few bytes, to all that reads packets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../aimproxy/targets.h"
#include "../culvert/world.h"
#include "chance.h"
#include "quakeworld/channel.h"
#include "quakeworld/server.h"

static uint8_t input[8192];
static size_t input_size;

static void print(void *whose, const struct server_message *message) {
  (void)whose;
  const struct server_entity *entity = &message->entity;
  const struct server_player *player = &message->player;
  printf("%d", message->kind);
  switch ((int)message->kind) {
    case SERVER_PLAYER:
      printf(" player %d at %g %g %g velocity %g %g %g yaw %g frame %d ms %d flags %x\n", player->number,
             (double)player->origin[0], (double)player->origin[1], (double)player->origin[2], (double)player->velocity[0],
             (double)player->velocity[1], (double)player->velocity[2], (double)player->move.angles[1], player->frame,
             player->milliseconds, player->flags);
      break;
    case SERVER_ENTITY:
    case SERVER_BASELINE:
    case SERVER_STATIC:
      printf(" entity %d says %x model %d at %g %g %g\n", entity->number, entity->says, entity->model,
             (double)entity->origin[0], (double)entity->origin[1], (double)entity->origin[2]);
      break;
    case SERVER_EFFECT:
      printf(" effect %d value %d at %g %g %g to %g %g %g\n", message->index, message->value, (double)message->position[0],
             (double)message->position[1], (double)message->position[2], (double)message->end[0], (double)message->end[1],
             (double)message->end[2]);
      break;
    case SERVER_PRINT:
    case SERVER_COMMAND:
    case SERVER_NAME:
      printf(" %s\n", message->text);
      break;
    case SERVER_DATA:
      printf(" count %d folder %s slot %d level %s gravity %g speed %g\n", message->value, message->second, message->index,
             message->text, (double)message->physics.gravity, (double)message->physics.max_speed);
      break;
    default:
      printf(" %d %d\n", message->index, message->value);
  }
}

static bool read_moves(uint32_t sequence, int sum, uint8_t *loss, struct move made[MOVES]) {
  struct reader from = {.bytes = input, .size = input_size + 1};
  input[0] = (uint8_t)sum;
  return moves_read(&from, sequence, loss, made);
}

static void moves(uint32_t sequence) {
  struct move made[MOVES];
  uint8_t loss, bytes[128];
  for (int sum = 0; sum < 256; sum++) {
    if (!read_moves(sequence, sum, &loss, made)) continue;
    printf("sum %02x\n", sum);
    for (int i = 0; i < MOVES; i++) {
      printf("pitch %.2f yaw %.2f forward %d side %d buttons %d ms %d\n", (double)made[i].angles[0],
             (double)made[i].angles[1], made[i].forward, made[i].side, made[i].buttons, made[i].milliseconds);
    }
    struct writer to = {.bytes = bytes, .limit = sizeof bytes};
    moves_write(&to, sequence, loss, made);
    for (size_t i = 0; i < to.size; i++) printf("%02x", bytes[i]);
    puts("");
  }
  puts("end");
}

struct end {
  struct channel channel;
  int said, heard;
};

/* One packet from an end to the other, which is lost as often as not; texts count up, and must arrive so. */
static void exchange(struct end *from, struct end *to, int texts) {
  uint8_t packet[PACKET_LIMIT];
  struct reader payload;
  if (from->said < texts && chance(3) == 0) {
    char text[16];
    snprintf(text, sizeof text, "%d", from->said++);
    write_text(&from->channel.reliable, text);
  }
  size_t size = channel_send(&from->channel, "", 0, packet);
  if (chance(2) == 0) return;
  /* A server's packets have no port; and some come twice. */
  memmove(packet + 8, packet + 10, size - 10);
  for (unsigned times = 1 + chance(2); times > 0; times--) {
    if (!channel_receive(&to->channel, packet, size - 2, &payload)) continue;
    while (payload.at < payload.size) {
      char text[16];
      read_text(&payload, text, sizeof text);
      if (atoi(text) != to->heard++) printf("heard %s instead of %d\n", text, to->heard - 1);
    }
  }
}

static void channels(void) {
  static struct end ends[2];
  enum { TEXTS = 200, PACKETS = 5000 };
  for (int i = 0; i < 2; i++) channel_start(&ends[i].channel, 1);
  for (int i = 0; i < PACKETS; i++) exchange(&ends[i & 1], &ends[!(i & 1)], TEXTS);
  printf("said %d heard %d, said %d heard %d\n", ends[0].said, ends[1].heard, ends[1].said, ends[0].heard);
}

static unsigned told[SERVER_ENTITIES_END + 1];

static void tell_world(void *whose, const struct server_message *message) {
  told[message->kind]++;
  world_tell(whose, message);
}

static void fuzz(unsigned count) {
  static struct world world;
  static struct view view;
  static struct targets targets;
  static struct channel channel;
  world_reset(&world, &view);
  channel_start(&channel, 1);
  for (unsigned i = 0; i < count; i++) {
    /* The packet lies on the heap and ends where its bytes do, so that reading on is seen. */
    uint8_t bytes[MESSAGE_LIMIT];
    struct writer to = {.bytes = bytes, .limit = sizeof bytes};
    world.packet = i + 1;
    world.now = i;
    write_u32(&to, i + 1);
    write_u32(&to, 0);
    for (unsigned left = 1 + chance(8); left > 0; left--) chance_message(&to);
    uint8_t *packet = malloc(to.size);
    if (!packet) abort();
    memcpy(packet, bytes, to.size);
    struct reader payload;
    if (channel_receive(&channel, packet, to.size, &payload)) server_read(&payload, tell_world, &world);
    targets_read(&targets, packet, to.size, i);
    float angles[3];
    targets_aim(&targets, i, 0.1, angles);
    struct reader moves_in = {.bytes = packet, .size = to.size};
    struct move made[MOVES];
    uint8_t loss;
    moves_read(&moves_in, i, &loss, made);
    free(packet);
  }
  printf("players %u entities %u lists of them %u names %u\n", told[SERVER_PLAYER], told[SERVER_ENTITY],
         told[SERVER_ENTITIES_END], told[SERVER_NAME]);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  uint64_t number = argc > 2 ? strtoull(argv[2], 0, 10) : 0;
  chance_start(number);
  if (strcmp(what, "fuzz") == 0 && argc > 3) fuzz((unsigned)atoi(argv[3]));
  else if (strcmp(what, "channel") == 0) channels();
  else {
    input_size = fread(input + 1, 1, sizeof input - 1, stdin);
    struct reader from = {.bytes = input + 1, .size = input_size};
    if (strcmp(what, "server") == 0) puts(server_read(&from, print, 0) ? "whole" : "broken");
    else moves((uint32_t)number);
  }
  return 0;
}
