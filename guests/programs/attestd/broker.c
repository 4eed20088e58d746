#define _GNU_SOURCE
#include "broker.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

enum { CLIENT_PATIENCE_MS = 1000, WAITING_CLIENTS = 8 };

int broker_listen(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  unlink(path);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, WAITING_CLIENTS) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static void refuse(struct com2 *client, const char *why) { com2_send(client, "ERR", why, strlen(why)); }

static enum com2_result pass_on(struct com2 *client, struct com2 *line) {
  const char *verb = client->frame.word;
  if (strcmp(verb, "ENDORSE") != 0 && strcmp(verb, "GET-ID") != 0) {
    refuse(client, "only ENDORSE and GET-ID can be asked for");
    return COM2_OK;
  }
  enum com2_result result = com2_request(line, verb, client->frame.body, client->frame.length);
  if (result == COM2_OK) {
    com2_send(client, "OK", line->frame.body, line->frame.length);
  } else {
    refuse(client, line->error);
  }
  return result;
}

enum com2_result broker_serve(int listener, struct com2 *line) {
  static struct com2 client;
  int fd = accept4(listener, 0, 0, SOCK_CLOEXEC);
  if (fd < 0) return COM2_OK; /* it went away again */
  com2_adopt(&client, fd, CLIENT_PATIENCE_MS);
  enum com2_result request = com2_receive(&client, clock_ms() + CLIENT_PATIENCE_MS);
  enum com2_result result = COM2_OK;
  if (request == COM2_OK) {
    result = pass_on(&client, line);
  } else if (request != COM2_CLOSED) {
    refuse(&client, client.error);
  }
  com2_close(&client);
  return result;
}
