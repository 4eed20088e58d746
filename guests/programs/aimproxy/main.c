/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * aimproxy: stands between a QuakeWorld client and its server and aims for the player. The client is told that the proxy is its
 * server. All packets are passed on as they are, but for the client's moves: when the player shoots, the angles of the move are
 * replaced by those to the nearest enemy, whose place the server has just told, and the move's checksum is reckoned anew. The server
 * sees a player who never misses. Nothing in the client or the server is changed, and neither can tell.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "box/commands.h"
#include "box/config.h"
#include "options.h"
#include "quakeworld/move.h"
#include "targets.h"

static const char help[] =
    "usage: aimproxy [KEY=VALUE...]\n"
    "Passes a game's packets on between a client and a server. Settings come from the disk `config`, then from here:\n"
    "  address=10.0.0.4/24  of this box; without it the network stays as it is\n"
    "  peer=10.0.0.1        the server, with :PORT if it is not 27500\n"
    "  port=27500           where the client finds the proxy\n"
    "  control=PATH         a FIFO to make and to read commands from, besides standard input\n"
    "Commands, one a line:\n"
    "  aim on | aim off     replaces the angles of moves that shoot\n"
    "  show on | show off   a line for each move that was changed\n"
    "  delay MS             keeps the client's packets back, as a lag switch does; 0: no more\n"
    "  speed N              says that moves took N times as long as they did; 1: the truth\n"
    "  status               says what is on\n"
    "Each second it says what it did, if it did anything: aimproxy: moves 511 rewritten 118\n";

enum { PORT = 27500, HEADER = 10, CLC_NOP = 1, CLC_MOVE = 3, CLC_TEXT = 4, CLC_DELTA = 5, KEPT = 512, RECENT = 64 };

static struct {
  char address[CONFIG_ADDRESS], control[96];
  struct config_peer peer;
  uint32_t port;
} settings = {.port = PORT};

static bool aim, show;
static double delay_s, speed = 1;
static int moves, rewritten;

static int client_side, server_side;
static struct sockaddr_in client;
static struct targets targets;
/* When packets of the client went to the server, by number, and how long its answers take. */
static double sent_at[RECENT], round_trip;

/* Packets of the client's that are kept back, oldest first in a ring. */
static struct {
  double due;
  size_t size;
  uint8_t bytes[PACKET_LIMIT];
} kept[KEPT];
static unsigned kept_first, kept_next;

static double clock_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- What is changed on the way to the server ---- */

/* Changes one move; false if there is nothing to change. */
static bool rewrite_move(struct move *move, uint32_t sequence, double now) {
  struct move was = *move;
  int enemy = aim && (move->buttons & BUTTON_ATTACK) ? targets_aim(&targets, now, round_trip, move->angles) : -1;
  move->milliseconds = (uint8_t)fmin(move->milliseconds * speed, 255);
  if (enemy >= 0 && show) {
    printf("aimproxy: move %u pitch %.1f yaw %.1f -> pitch %.1f yaw %.1f at %s\n", sequence, was.angles[0], was.angles[1],
           move->angles[0], move->angles[1], targets.names[enemy]);
  }
  return enemy >= 0 || move->milliseconds != was.milliseconds;
}

/* The message of moves at the front of `from`: as it is, or changed, to `to`. */
static void pass_moves(struct reader *from, struct writer *to, uint32_t sequence, double now) {
  size_t begin = from->at - 1;
  struct move made[MOVES];
  uint8_t loss;
  bool genuine = moves_read(from, sequence, &loss, made);
  moves++;
  /* The newest comes last; the two before it are there for packets that got lost. */
  if (genuine && rewrite_move(&made[MOVES - 1], sequence, now)) {
    moves_write(to, sequence, loss, made);
    rewritten++;
  } else {
    write_bytes(to, from->bytes + begin, from->at - begin);
  }
}

/* A packet of the client's, as the server is to get it; its size. */
static size_t rewrite(const uint8_t *packet, size_t size, uint8_t changed[PACKET_LIMIT], double now) {
  struct reader from = {.bytes = packet, .size = size};
  struct writer to = {.bytes = changed, .limit = PACKET_LIMIT};
  uint32_t sequence = read_u32(&from) & 0x7fffffff;
  read_skip(&from, HEADER - 4);
  write_bytes(&to, packet, HEADER);
  sent_at[sequence % RECENT] = now;
  while (!from.bad && from.at < from.size) {
    size_t begin = from.at;
    char text[TEXT_LIMIT];
    switch (read_u8(&from)) {
      case CLC_MOVE:
        pass_moves(&from, &to, sequence, now);
        continue;
      case CLC_TEXT:
        read_text(&from, text, sizeof text);
        break;
      case CLC_DELTA:
        read_skip(&from, 1);
        break;
      case CLC_NOP:
        break;
      default: /* Something that we do not know: the rest is passed on unread. */
        from.at = from.size;
    }
    write_bytes(&to, packet + begin, from.at - begin);
  }
  if (!from.bad && !to.full) return to.size;
  memcpy(changed, packet, size);
  return size;
}

/* ---- To and fro ---- */

static bool stands_alone(const uint8_t *packet, size_t size) {
  return size < HEADER || memcmp(packet, "\xff\xff\xff\xff", 4) == 0;
}

static void to_server(const uint8_t *packet, size_t size) {
  /* What cannot be sent is lost, as packets may be. */
  if (sendto(server_side, packet, size, 0, (struct sockaddr *)&settings.peer.address, sizeof settings.peer.address) < 0) return;
}

static void from_client(double now) {
  static uint8_t packet[PACKET_LIMIT], changed[PACKET_LIMIT];
  struct sockaddr_in sender;
  socklen_t length = sizeof sender;
  ssize_t size = recvfrom(client_side, packet, sizeof packet, 0, (struct sockaddr *)&sender, &length);
  if (size < 0) return;
  /* A game goes on with the one who is in it; only who asks to come in takes his place. */
  bool same = sender.sin_addr.s_addr == client.sin_addr.s_addr && sender.sin_port == client.sin_port;
  if (!same && (size < HEADER || !stands_alone(packet, (size_t)size))) return;
  client = sender;
  const uint8_t *out = packet;
  size_t out_size = (size_t)size;
  if (!stands_alone(packet, out_size)) {
    out_size = rewrite(packet, out_size, changed, now);
    out = changed;
  }
  if (delay_s == 0 && kept_first == kept_next) {
    to_server(out, out_size);
  } else if (kept_next - kept_first < KEPT) {
    kept[kept_next % KEPT].due = now + delay_s;
    kept[kept_next % KEPT].size = out_size;
    memcpy(kept[kept_next++ % KEPT].bytes, out, out_size);
  }
}

static void from_server(double now) {
  static uint8_t packet[8192];
  struct sockaddr_in sender;
  socklen_t length = sizeof sender;
  ssize_t size = recvfrom(server_side, packet, sizeof packet, 0, (struct sockaddr *)&sender, &length);
  const struct sockaddr_in *server = &settings.peer.address;
  if (size < 0 || sender.sin_addr.s_addr != server->sin_addr.s_addr || sender.sin_port != server->sin_port) return;
  if (!stands_alone(packet, (size_t)size)) {
    struct reader from = {.bytes = packet, .size = (size_t)size};
    read_skip(&from, 4);
    double sent = sent_at[(read_u32(&from) & 0x7fffffff) % RECENT];
    if (sent > 0 && now - sent < 1) round_trip += (now - sent - round_trip) / 8;
    targets_read(&targets, packet, (size_t)size, now);
  }
  if (client.sin_port) sendto(client_side, packet, (size_t)size, 0, (struct sockaddr *)&client, sizeof client);
}

static void release(double now) {
  for (; kept_first != kept_next && kept[kept_first % KEPT].due <= now; kept_first++) {
    to_server(kept[kept_first % KEPT].bytes, kept[kept_first % KEPT].size);
  }
}

/* ---- Commands ---- */

static void obey(const char *line) {
  double number;
  char end;
  if (strcmp(line, "aim on") == 0 || strcmp(line, "aim off") == 0) aim = line[5] == 'n';
  else if (strcmp(line, "show on") == 0 || strcmp(line, "show off") == 0) show = line[6] == 'n';
  else if (sscanf(line, "delay %lf%c", &number, &end) == 1 && number >= 0 && number <= 5000) delay_s = number / 1000;
  else if (sscanf(line, "speed %lf%c", &number, &end) == 1 && number >= 0.1 && number <= 10) speed = number;
  else if (strcmp(line, "status") != 0) {
    if (*line) printf("aimproxy: '%.40s' is not understood; aimproxy --help lists the commands\n", line);
    return;
  }
  printf("aimproxy: aim %s, show %s, delay %.0f ms, speed %.1f, round trip %.1f ms\n", aim ? "on" : "off", show ? "on" : "off",
         delay_s * 1000, speed, round_trip * 1000);
}

/* ---- The beginning ---- */

__attribute__((noreturn, format(printf, 2, 3))) static void die(int code, const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("aimproxy: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  exit(code);
}

static const char *set(void *whose, const char *key, const char *value) {
  (void)whose;
  if (strcmp(key, "address") == 0) return config_address(value, settings.address);
  if (strcmp(key, "peer") == 0) return config_peer(value, PORT, &settings.peer);
  if (strcmp(key, "control") == 0) return config_path(value, settings.control, sizeof settings.control);
  if (strcmp(key, "port") == 0) return config_whole(value, 1, UINT16_MAX, &settings.port);
  return CONFIG_UNKNOWN;
}

static int open_socket(int port) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) != 0) die(EXIT_DEVICE, "port %d: %s", port, strerror(errno));
  return fd;
}

/* How long to wait, milliseconds: until the next packet that is kept back is due, or the next second. */
static int patience(double now, double second) {
  double until = second;
  if (kept_first != kept_next) until = fmin(until, kept[kept_first % KEPT].due);
  return until > now ? (int)ceil((until - now) * 1000) : 0;
}

int main(int argc, char **argv) {
  set(0, "peer", "10.0.0.1");
  config_disk("aimproxy", set, 0);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return fputs(help, stdout) < 0;
    if (!config_argument("aimproxy", argv[i], set, 0)) return EXIT_USAGE;
  }
  setvbuf(stdout, 0, _IOLBF, 0);
  if (settings.address[0] && !config_network(settings.address)) {
    die(EXIT_DEVICE, "the network card does not take the address %s: %s", settings.address, strerror(errno));
  }
  client_side = open_socket((int)settings.port);
  server_side = open_socket(0);
  struct commands typed = {.fd = STDIN_FILENO}, control = {.fd = -1};
  if (settings.control[0] && !commands_open(&control, settings.control)) {
    die(EXIT_DEVICE, "%s: %s", settings.control, strerror(errno));
  }
  printf("aimproxy: passes on what comes to port %u to %s\n", settings.port, settings.peer.text);
  int told = 0;
  for (double second = clock_s() + 1;;) {
    struct pollfd ready[] = {{.fd = client_side, .events = POLLIN},
                             {.fd = server_side, .events = POLLIN},
                             {.fd = typed.fd, .events = POLLIN},
                             {.fd = control.fd, .events = POLLIN}};
    poll(ready, 4, patience(clock_s(), second));
    double now = clock_s();
    if (ready[0].revents) from_client(now);
    if (ready[1].revents) from_server(now);
    if (ready[2].revents) commands_read(&typed, obey);
    if (ready[3].revents) commands_read(&control, obey);
    release(now);
    if (now < second) continue;
    if (rewritten != told) printf("aimproxy: moves %d rewritten %d\n", moves, rewritten);
    told = rewritten;
    second = now + 1;
  }
}
