/*
 * netbench: how fast frames pass between two boxes. One runs a server, the other a client, which prints one line of
 * key=value pairs, times in microseconds and rates in bytes per second.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "options.h"

static const char help[] =
    "usage: netbench udp-server | tcp-server [--port P]\n"
    "       netbench udp | tcp [--port P] [--count N] [--size BYTES] [--mib N] ADDRESS\n"
    "udp: sends datagrams one at a time and waits for each to come back. Prints\n"
    "     count= lost= size= min_us= median_us= mean_us= p90_us=\n"
    "tcp: sends bytes and waits until the server has all of them. Prints\n"
    "     bytes= us= bytes_per_s=\n\n"
    "  --port P      7007\n"
    "  --count N     datagrams (1000)\n"
    "  --size BYTES  of each datagram (64)\n"
    "  --mib N       to send (32)\n";

enum { LARGEST_DATAGRAM = 65507, LOST_AFTER_S = 1, NOBODY_THERE_AFTER = 5, CHUNK = 65536 };

static uint8_t buffer[CHUNK];

__attribute__((noreturn)) static void die(int code, const char *what) {
  int usage = code == EXIT_USAGE;
  fprintf(stderr, "netbench: %s%s%s\n", what, usage ? "" : ": ", usage ? "" : strerror(errno));
  exit(code);
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct sockaddr_in address_of(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (host && inet_pton(AF_INET, host, &address.sin_addr) != 1) die(EXIT_USAGE, "the address is not one like 10.0.0.2");
  return address;
}

static int bound(int type, int port) {
  struct sockaddr_in address = address_of(0, port);
  int fd = socket(AF_INET, type, 0), yes = 1;
  if (fd < 0) die(EXIT_DEVICE, "socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) die(EXIT_DEVICE, "bind");
  return fd;
}

static int connected(int type, const char *host, int port) {
  struct sockaddr_in address = address_of(host, port);
  int fd = socket(AF_INET, type, 0), yes = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die(EXIT_DEVICE, host);
  if (type == SOCK_STREAM) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

__attribute__((noreturn)) static void udp_server(int port) {
  int fd = bound(SOCK_DGRAM, port);
  for (;;) {
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t count = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (count >= 0) sendto(fd, buffer, (size_t)count, 0, (struct sockaddr *)&from, length);
  }
}

static int by_time(const void *a, const void *b) {
  int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
  return (one > other) - (one < other);
}

static void udp(const char *host, int port, int count, int size) {
  if (size < 4 || size > LARGEST_DATAGRAM) die(EXIT_USAGE, "--size is a number from 4 to 65507");
  int64_t *times = malloc((size_t)count * sizeof *times);
  if (!times) die(EXIT_DEVICE, "--count");
  int fd = connected(SOCK_DGRAM, host, port);
  struct timeval patience = {.tv_sec = LOST_AFTER_S};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int back = 0;
  int64_t sum = 0;
  for (uint32_t number = 0; number < (uint32_t)count; number++) {
    if (number == NOBODY_THERE_AFTER && back == 0) break;
    memcpy(buffer, &number, sizeof number);
    int64_t sent = now_us();
    if (send(fd, buffer, (size_t)size, 0) != size) continue;
    uint32_t which = ~number;
    ssize_t came;
    /* A late one, which counted as lost, is passed over. */
    while ((came = recv(fd, buffer, sizeof buffer, 0)) >= 4) {
      memcpy(&which, buffer, sizeof which);
      if (which == number) break;
    }
    if (which != number) continue;
    sum += times[back++] = now_us() - sent;
  }
  if (back == 0) {
    errno = ETIMEDOUT;
    die(EXIT_DEVICE, host);
  }
  qsort(times, (size_t)back, sizeof *times, by_time);
  /* A browser's clock may be coarser than a round trip: then only the mean is finer than that. */
  printf("count=%d lost=%d size=%d min_us=%lld median_us=%lld mean_us=%lld p90_us=%lld\n", count, count - back, size,
         (long long)times[0], (long long)times[back / 2], (long long)(sum / back), (long long)times[back * 9 / 10]);
}

/* Answers each connection, when its end came, with the number of bytes that arrived. */
__attribute__((noreturn)) static void tcp_server(int port) {
  int listener = bound(SOCK_STREAM, port);
  if (listen(listener, 4) != 0) die(EXIT_DEVICE, "listen");
  for (;;) {
    int fd = accept(listener, 0, 0);
    if (fd < 0) continue;
    uint64_t total = 0;
    for (ssize_t count; (count = read(fd, buffer, sizeof buffer)) > 0;) total += (uint64_t)count;
    dprintf(fd, "%llu\n", (unsigned long long)total);
    close(fd);
  }
}

static void tcp(const char *host, int port, int mib) {
  int fd = connected(SOCK_STREAM, host, port);
  uint64_t total = (uint64_t)mib << 20;
  int64_t began = now_us();
  for (uint64_t sent = 0; sent < total;) {
    ssize_t count = write(fd, buffer, total - sent < CHUNK ? (size_t)(total - sent) : CHUNK);
    if (count < 0) die(EXIT_DEVICE, host);
    sent += (uint64_t)count;
  }
  shutdown(fd, SHUT_WR);
  ssize_t count = read(fd, buffer, sizeof buffer - 1);
  int64_t took = now_us() - began;
  buffer[count > 0 ? count : 0] = 0;
  if (strtoull((char *)buffer, 0, 10) != total) {
    errno = EPIPE;
    die(EXIT_DEVICE, host);
  }
  printf("bytes=%llu us=%lld bytes_per_s=%llu\n", (unsigned long long)total, (long long)took,
         (unsigned long long)(total * 1000000 / (uint64_t)took));
}

int main(int argc, char **argv) {
  int port = 7007, count = 1000, size = 64, mib = 32;
  const char *host = 0, *what = argc > 1 ? argv[1] : "";
  struct option_value options[] = {{.name = "--port", .number = &port},
                                   {.name = "--count", .number = &count},
                                   {.name = "--size", .number = &size},
                                   {.name = "--mib", .number = &mib},
                                   {0}};
  signal(SIGPIPE, SIG_IGN);
  if (argc > 1) {
    argv[1] = argv[0];
    options_read(argc - 1, argv + 1, help, options, &host);
  }
  if (strcmp(what, "--help") == 0) fputs(help, stdout);
  else if (strcmp(what, "udp-server") == 0) udp_server(port);
  else if (strcmp(what, "tcp-server") == 0) tcp_server(port);
  else if (strcmp(what, "udp") == 0 && host) udp(host, port, count, size);
  else if (strcmp(what, "tcp") == 0 && host) tcp(host, port, mib);
  else die(EXIT_USAGE, "udp-server, tcp-server, udp ADDRESS or tcp ADDRESS is missing; netbench --help says more");
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_DEVICE;
}
