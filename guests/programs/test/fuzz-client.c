/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-client: a server of lies for the game's client. Again and again the client comes in over loopback, by what it is told; its map
 * is one that was changed at random; then it is told of a game in messages some of which are bytes by chance, while its bot plays.
 * What is found is found by the sanitizers that it is compiled with. Not a program of any image.
 *
 *   fuzz-client DATA SEED COUNT    DATA: a copy of the game's folder, whose map is written over
 *
 * Prints how often the client refused the map, how often it came to play, and how many of its moves were of a bot that walked.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../culvert/bot.h"
#include "../culvert/files.h"
#include "../culvert/physics.h"
#include "../culvert/scene.h"
#include "chance.h"

#define MAP "maps/culvert.bsp"

enum { FRAMES = 30, SELF = 3, FILE_LIMIT = 16 << 20 };

static struct view view;
static struct world world;
static struct map map;
static struct connection connection;
static struct bot bot;
static int server;
static struct sockaddr_in client;
static struct config_peer here;
static double now = 1;
static uint32_t sequence;
static int refused, played, walked;

static void send_to_client(const struct writer *packet) {
  if (sendto(server, packet->bytes, packet->size, 0, (struct sockaddr *)&client, sizeof client) < 0) abort();
  connection_receive(&connection, now);
}

static struct writer begin(uint8_t bytes[PACKET_LIMIT]) {
  struct writer to = {.bytes = bytes, .limit = PACKET_LIMIT};
  write_u32(&to, ++sequence | (chance(4) == 0 ? 0x80000000u : 0));
  write_u32(&to, (connection.channel.out_sequence - 1) | (chance(2) ? 0x80000000u : 0));
  return to;
}

/* A packet outside of any channel; now and then something else stands behind its first letter, or before it. */
static void say_alone(const char *text) {
  uint8_t bytes[PACKET_LIMIT];
  for (unsigned times = 1 + (chance(4) == 0); times > 0; times--) {
    struct writer to = {.bytes = bytes, .limit = sizeof bytes};
    write_u32(&to, 0xffffffff);
    if (times > 1) {
      write_u8(&to, (unsigned)text[0]);
      for (unsigned left = chance(200); left > 0; left--) write_u8(&to, chance(256));
    } else {
      write_text(&to, text);
    }
    send_to_client(&to);
  }
}

static void tell_of_the_game(void) {
  uint8_t bytes[PACKET_LIMIT];
  struct writer to = begin(bytes);
  write_u8(&to, SERVER_DATA);
  write_u32(&to, PROTOCOL);
  write_u32(&to, 7);
  write_text(&to, "culvert");
  write_u8(&to, SELF);
  write_text(&to, "The culvert");
  static const float physics[] = {800, 100, 320, 500, 10, 0.7f, 10, 4, 4, 1};
  for (size_t i = 0; i < sizeof physics / sizeof *physics; i++) {
    uint32_t bits;
    memcpy(&bits, &physics[i], sizeof bits);
    write_u32(&to, chance(20) ? bits : chance(1u << 28) * 16);
  }
  write_u8(&to, SERVER_MODELS);
  write_u8(&to, 0);
  write_text(&to, MAP);
  write_text(&to, "progs/player.mdl");
  write_u8(&to, 0);
  write_u8(&to, 0);
  send_to_client(&to);
}

static void tell_of(struct writer *to, int slot, const float at[3]) {
  write_u8(to, SERVER_PLAYER);
  write_u8(to, (unsigned)slot);
  write_u16(to, 0);
  for (int axis = 0; axis < 3; axis++) write_u16(to, (unsigned)(int)(at[axis] * 8) & 0xffff);
  write_u8(to, 0);
}

/* More of something than there is room for. */
static void tell_too_much(struct writer *to) {
  switch (chance(3)) {
    case 0:
      for (int i = 0; i < 100; i++) {
        write_u8(to, SERVER_STATIC);
        for (int byte = 0; byte < 13; byte++) write_u8(to, 1);
      }
      break;
    case 1:
      write_u8(to, SERVER_ENTITIES_WHOLE);
      for (unsigned number = 1; number < 300; number++) write_u16(to, number);
      write_u16(to, 0);
      break;
    default:
      write_u8(to, SERVER_COMMAND);
      for (int i = 0; i < 1000; i++) write_u8(to, 'a');
      write_u8(to, 0);
  }
}

/* A moment of the game: the player and another, mostly near a start of the map's, and what chance has the server say. */
static void tell_of_a_moment(const float start[3], bool lie) {
  static const char *const commands[] = {"skins\n", "cmd new\n", "packet 1.2.3.4:5 \"realip 1\"\n", "changing\n",
                                         "reconnect\n", "cmd ", "\n", "packet", "fullserverinfo \"\\a\\b\"\n"};
  uint8_t bytes[PACKET_LIMIT];
  struct writer to = begin(bytes);
  float places[2][3];
  for (int i = 0; i < 6; i++) places[i / 3][i % 3] = start[i % 3] + (float)chance(200) - 100;
  memcpy(places[0], start, sizeof places[0]);
  tell_of(&to, SELF, places[0]);
  tell_of(&to, SELF + 1, places[1]);
  if (lie && chance(10) == 0) {
    write_u8(&to, SERVER_COMMAND);
    write_text(&to, commands[chance(sizeof commands / sizeof *commands)]);
  }
  if (lie && chance(10) == 0) tell_too_much(&to);
  for (unsigned left = lie ? chance(6) : 0; left > 0; left--) chance_message(&to);
  send_to_client(&to);
}

/* The client does what it does once a frame; what it sends is thrown away. */
static void pass_time(void) {
  static float angles[3];
  struct intent intent = {0};
  uint8_t bytes[PACKET_LIMIT];
  now += 0.04;
  bot_think(&bot, &connection, &map, now, angles, &intent);
  if (world.angles_set) memcpy(angles, world.angles, sizeof angles);
  world.angles_set = false;
  angles[0] += intent.pitch;
  angles[1] += intent.yaw;
  if (connection.state == CONNECTION_PLAYING && intent.forward) walked++;
  struct move move = {.angles = {angles[0], angles[1], 0}, .forward = (int16_t)(intent.forward * 320), .milliseconds = 40};
  connection_send(&connection, now, &move);
  scene_fill(&connection, &map, now, angles);
  socklen_t length = sizeof client;
  while (recvfrom(server, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&client, &length) > 0) length = sizeof client;
}

static void one_game(const char *folder) {
  static const float nowhere[3];
  uint8_t bytes[PACKET_LIMIT];
  map_free(&map);
  world_reset(&world, &view);
  connection = (struct connection){.name = "blue", .folder = folder, .map = &map, .world = &world};
  if (!connection_open(&connection, &here)) abort();
  sequence = 0;
  now += 10;
  pass_time();
  say_alone("c12345");
  say_alone("j");
  tell_of_the_game();
  if (!map.file) refused++;
  struct writer to = begin(bytes);
  write_u8(&to, SERVER_COMMAND);
  write_text(&to, "skins\n");
  write_u8(&to, SERVER_STAT);
  write_u8(&to, STAT_HEALTH);
  write_u8(&to, 100);
  if (connection.state == CONNECTION_SIGNING_ON) send_to_client(&to);
  bool came = false;
  for (int frame = 0; frame < FRAMES && connection.state >= CONNECTION_SIGNING_ON; frame++) {
    tell_of_a_moment(map.start_count ? map.starts[frame / 8 % map.start_count] : nowhere, frame > FRAMES / 2);
    came |= connection.state == CONNECTION_PLAYING;
    pass_time();
  }
  played += came;
  close(connection.socket);
}

int main(int argc, char **argv) {
  char path[FILES_PATH];
  size_t size;
  if (argc != 4 || !file_path(argv[1], MAP, path)) return 2;
  uint8_t *before = file_read(path, FILE_LIMIT, &size), *after = before ? malloc(size) : 0;
  socklen_t length = sizeof here.address;
  here.address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (!after || bind(server, (struct sockaddr *)&here.address, sizeof here.address) != 0 ||
      getsockname(server, (struct sockaddr *)&here.address, &length) != 0) {
    return 2;
  }
  chance_start(strtoull(argv[2], 0, 10));
  bot_start(&bot, 1, 4);
  for (int left = atoi(argv[3]); left > 0; left--) {
    memcpy(after, before, size);
    chance_change(after, size, true);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(after, 1, size, file) != size || fclose(file) != 0) return 2;
    one_game(argv[1]);
  }
  map_free(&map);
  free(before);
  free(after);
  printf("refused %d\nplayed %d\nwalked %d\n", refused, played, walked);
  return 0;
}
