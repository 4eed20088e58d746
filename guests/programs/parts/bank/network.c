#define _GNU_SOURCE
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAITING_CLIENTS = 8 };

static int connect_within(int fd, const struct sockaddr_in *to, int patience_s) {
  if (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0) return 0;
  if (errno != EINPROGRESS) return -1;
  struct pollfd wanted = {.fd = fd, .events = POLLOUT};
  int error = ETIMEDOUT;
  socklen_t length = sizeof error;
  if (poll(&wanted, 1, patience_s * 1000) == 1) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  errno = error;
  return error == 0 ? 0 : -1;
}

int network_call(const char *address, int port, int patience_s, struct why *why) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
    why_say(why, "'%.40s' is no address", address);
    return -1;
  }
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
  if (fd < 0 || connect_within(fd, &to, patience_s) != 0) {
    why_say(why, "no connection to %.40s, port %d: %s", address, port, strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
  }
  fcntl(fd, F_SETFL, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

int network_listen(int port, struct why *why) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof here) == 0 && listen(fd, WAITING_CLIENTS) == 0) return fd;
  why_say(why, "cannot listen on port %d: %s", port, strerror(errno));
  if (fd >= 0) close(fd);
  return -1;
}
