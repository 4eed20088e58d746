/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "connection.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "answers.h"
#include "files.h"
#include "map.h"

enum { CLC_TEXT = 4, CLC_DELTA = 5, RECENT = 64, RATE = 25000 };
static const double ASK_AGAIN_S = 1, SILENCE_S = 8, AWAY_S = 3;
static const uint8_t ALONE[4] = {0xff, 0xff, 0xff, 0xff};

__attribute__((format(printf, 2, 3))) static void status(struct connection *connection, const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(connection->world->view->status, VIEW_LINE, format, values);
  va_end(values);
}

static void enter(struct connection *connection, enum connection_state state, double now) {
  connection->state = state;
  connection->state_since = connection->heard_at = now;
  connection->asked_at = now - ASK_AGAIN_S;
}

/* Begins anew; the reason stays on the display until something better is known. */
static void leave(struct connection *connection, double now, const char *why) {
  struct world *world = connection->world;
  status(connection, "%s", why);
  printf("culvert: %s\n", why);
  world_reset(world, world->view);
  enter(connection, CONNECTION_ASKING, now);
}

bool connection_open(struct connection *connection, const struct config_peer *peer) {
  connection->server = peer->address;
  enter(connection, CONNECTION_ASKING, 0);
  status(connection, "asking %s", peer->text);
  connection->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return connection->socket >= 0;
}

static void send_packet(struct connection *connection, const void *bytes, size_t size) {
  const struct sockaddr *to = (const struct sockaddr *)&connection->server;
  /* What does not go is as if it were lost on the way, for which all that follows is made. */
  if (sendto(connection->socket, bytes, size, 0, to, sizeof connection->server) < 0) return;
}

__attribute__((format(printf, 2, 3))) static void send_alone(struct connection *connection, const char *format, ...) {
  uint8_t packet[PACKET_LIMIT];
  va_list values;
  memcpy(packet, ALONE, sizeof ALONE);
  va_start(values, format);
  int length = vsnprintf((char *)packet + sizeof ALONE, sizeof packet - sizeof ALONE, format, values);
  va_end(values);
  if (length >= 0 && (size_t)length < sizeof packet - sizeof ALONE) {
    send_packet(connection, packet, sizeof ALONE + (size_t)length);
  }
}

void connection_say(struct connection *connection, const char *command) {
  struct writer *to = &connection->channel.reliable;
  struct writer undo = *to;
  write_u8(to, CLC_TEXT);
  write_text(to, command);
  if (to->full) *to = undo;
}

__attribute__((format(printf, 2, 3))) static void say(struct connection *connection, const char *format, ...) {
  char command[CONNECTION_COMMAND];
  va_list values;
  va_start(values, format);
  vsnprintf(command, sizeof command, format, values);
  va_end(values);
  connection_say(connection, command);
}

void connection_leave(struct connection *connection) {
  uint8_t packet[PACKET_LIMIT], drop[16];
  struct writer to = {.bytes = drop, .limit = sizeof drop};
  if (connection->state < CONNECTION_SIGNING_ON) return;
  write_u8(&to, CLC_TEXT);
  write_text(&to, "drop");
  /* It is not waited for an answer; one of these will arrive. */
  for (int i = 0; i < 3; i++) send_packet(connection, packet, channel_send(&connection->channel, drop, to.size, packet));
}

static int colour_of(const char *name) {
  return strcmp(name, "red") == 0 ? 4 : strcmp(name, "blue") == 0 ? 13 : 11;
}

static void ask(struct connection *connection, double now) {
  if (now - connection->asked_at < ASK_AGAIN_S) return;
  connection->asked_at = now;
  if (connection->state == CONNECTION_ASKING) {
    send_alone(connection, "getchallenge\n");
    return;
  }
  int colour = colour_of(connection->name);
  send_alone(connection, "connect %d %d %d \"\\name\\%s\\topcolor\\%d\\bottomcolor\\%d\\rate\\%d\\msg\\1\\noaim\\1\"\n",
             PROTOCOL, connection->channel.port, connection->challenge, connection->name, colour, colour, RATE);
}

/* Packets outside of any channel: the way in. */
static void receive_alone(struct connection *connection, double now, struct reader *from) {
  char text[TEXT_LIMIT];
  int kind = read_u8(from);
  read_text(from, text, sizeof text);
  text[strcspn(text, "\n")] = 0;
  if (kind == 'c' && connection->state == CONNECTION_ASKING) {
    connection->challenge = atoi(text);
    /* The same after a restart, so that the server knows its player again instead of waiting for one who is gone. */
    channel_start(&connection->channel, crc16(connection->name, strlen(connection->name)));
    status(connection, "entering");
    enter(connection, CONNECTION_ENTERING, now);
    ask(connection, now);
  } else if (kind == 'j' && connection->state == CONNECTION_ENTERING) {
    connection->begun = false;
    connection->command_size = 0;
    connection->measured = 0;
    status(connection, "signing on");
    enter(connection, CONNECTION_SIGNING_ON, now);
    say(connection, "new");
  } else if (kind == 'n' && connection->state == CONNECTION_ENTERING) {
    char reason[51];
    text_plain(reason, sizeof reason, text);
    status(connection, "the server refused: %s", reason);
    enter(connection, CONNECTION_ASKING, now);
    connection->asked_at = now;
  }
}

/* The map's name is known: it is loaded, and what the server wants to know of our data is told. */
static void answer_for_data(struct connection *connection, double now) {
  static const char *const models[][2] = {{"pmodel", "progs/player.mdl"}, {"emodel", "progs/eyes.mdl"}};
  struct world *world = connection->world;
  const char *name = world->view->models[1];
  char path[FILES_PATH], why[VIEW_LINE] = "the server's map has no proper name";
  map_free(connection->map);
  if (!file_path(connection->folder, name, path) || !map_load(connection->map, path, why, sizeof why)) {
    leave(connection, now, why);
    return;
  }
  for (int i = 0; i < 2; i++) say(connection, "setinfo %s %u", models[i][0], answer_model(connection->folder, models[i][1]));
  world->view->generation++;
  say(connection, "prespawn %d 0 %d", world->server_count,
      (int)answer_map(connection->folder, name, connection->map));
}

static void list_ended(struct connection *connection, double now, const struct server_message *message) {
  const char *list = message->value == SERVER_MODELS ? "modellist" : "soundlist";
  int count = connection->world->server_count;
  if (message->index > 0) say(connection, "%s %d %d", list, count, message->index);
  else if (message->value == SERVER_SOUNDS) say(connection, "modellist %d 0", count);
  else answer_for_data(connection, now);
}

/* What the server has us do at our console. Of all that could stand there, only what the way into the game needs is done. */
static void obey(struct connection *connection, double now, char *line) {
  struct world *world = connection->world;
  while (*line == ' ') line++;
  if (strncmp(line, "cmd ", 4) == 0) {
    connection_say(connection, line + 4);
  } else if (strncmp(line, "packet ", 7) == 0) {
    /* To whom it shall go is not the server's to say: it gets it itself. */
    char *text = strchr(line, '"');
    if (text) send_alone(connection, "%.*s", (int)strcspn(text + 1, "\""), text + 1);
  } else if (strcmp(line, "skins") == 0) {
    say(connection, "begin %d", world->server_count);
    connection->begun = true;
  } else if (strcmp(line, "changing") == 0) {
    connection->begun = false;
    enter(connection, CONNECTION_SIGNING_ON, now);
    status(connection, "the server changes the map");
  } else if (strcmp(line, "reconnect") == 0) {
    connection->begun = false;
    enter(connection, CONNECTION_SIGNING_ON, now);
    say(connection, "new");
  }
}

/* Commands end with a line; one may come in pieces. */
static void gather(struct connection *connection, double now, const char *text) {
  for (; *text; text++) {
    if (*text == '\n') {
      connection->command[connection->command_size] = 0;
      connection->command_size = 0;
      obey(connection, now, connection->command);
    } else if (connection->command_size + 1 < sizeof connection->command) {
      connection->command[connection->command_size++] = *text;
    }
  }
}

struct hearing {
  struct connection *connection;
  double now;
};

static void hear(void *whose, const struct server_message *message) {
  struct hearing *hearing = whose;
  struct connection *connection = hearing->connection;
  if (connection->state < CONNECTION_SIGNING_ON) return;
  world_tell(connection->world, message);
  switch ((int)message->kind) {
    case SERVER_DATA:
      connection->begun = false;
      say(connection, "soundlist %d 0", message->value);
      break;
    case SERVER_LIST_END:
      list_ended(connection, hearing->now, message);
      break;
    case SERVER_COMMAND:
      gather(connection, hearing->now, message->text);
      break;
    case SERVER_DISCONNECT:
      leave(connection, hearing->now, "the server has ended the game");
      break;
    case SERVER_PLAYER:
      if (connection->begun && connection->state == CONNECTION_SIGNING_ON &&
          message->player.number == connection->world->view->self) {
        enter(connection, CONNECTION_PLAYING, hearing->now);
        status(connection, "playing");
      }
      break;
    default:
      break;
  }
}

static void receive_packet(struct connection *connection, double now, const uint8_t *packet, size_t size) {
  struct reader from = {.bytes = packet, .size = size};
  if (size >= sizeof ALONE && memcmp(packet, ALONE, sizeof ALONE) == 0) {
    read_skip(&from, sizeof ALONE);
    receive_alone(connection, now, &from);
    return;
  }
  if (connection->state < CONNECTION_SIGNING_ON) return;
  struct channel *channel = &connection->channel;
  if (!channel_receive(channel, packet, size, &from)) return;
  connection->heard_at = now;
  if (channel->in_acknowledged > connection->measured) {
    double took = now - connection->sent_at[channel->in_acknowledged % RECENT];
    connection->round_trip = connection->measured == 0 ? took : connection->round_trip * 0.9 + took * 0.1;
    connection->measured = channel->in_acknowledged;
  }
  connection->world->now = now;
  connection->world->packet = channel->in_sequence;
  struct hearing hearing = {connection, now};
  if (!server_read(&from, hear, &hearing)) printf("culvert: a packet with something unknown in it, byte %zu\n", from.at);
}

void connection_receive(struct connection *connection, double now) {
  uint8_t packet[8192];
  struct sockaddr_in sender;
  socklen_t length = sizeof sender;
  for (ssize_t size; (size = recvfrom(connection->socket, packet, sizeof packet, 0, (struct sockaddr *)&sender,
                                      &length)) >= 0;
       length = sizeof sender) {
    if (sender.sin_addr.s_addr == connection->server.sin_addr.s_addr &&
        sender.sin_port == connection->server.sin_port) {
      receive_packet(connection, now, packet, (size_t)size);
    }
  }
}

static void send_moves(struct connection *connection, const struct move *move, struct writer *to) {
  struct channel *channel = &connection->channel;
  uint32_t number = channel->out_sequence, whole = connection->world->whole_packet;
  connection->moves[number % RECENT] = *move;
  struct move moves[MOVES];
  for (uint32_t i = 0; i < MOVES; i++) moves[i] = connection->moves[(number + i + 1 - MOVES) % RECENT];
  moves_write(to, number, 0, moves);
  if (whole == 0 || channel->in_sequence - whole >= WORLD_FRAMES / 2) return;
  write_u8(to, CLC_DELTA);
  write_u8(to, whole);
}

void connection_send(struct connection *connection, double now, const struct move *move) {
  double patience = connection->state == CONNECTION_ENTERING ? AWAY_S : SILENCE_S;
  if (connection->state != CONNECTION_ASKING && now - connection->heard_at > patience) {
    leave(connection, now, "the server does not answer");
  }
  if (connection->state < CONNECTION_SIGNING_ON) {
    ask(connection, now);
    return;
  }
  uint8_t unreliable[256], packet[PACKET_LIMIT];
  struct writer to = {.bytes = unreliable, .limit = sizeof unreliable};
  uint32_t number = connection->channel.out_sequence;
  if (connection->begun) send_moves(connection, move, &to);
  connection->sent_at[number % RECENT] = now;
  send_packet(connection, packet, channel_send(&connection->channel, unreliable, to.size, packet));
}
