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

static void refuse(struct line *client, const char *why) { line_send(client, "ERR", why, strlen(why)); }

static enum line_result pass_on(struct line *client, struct line *line) {
  const char *verb = client->frame.word;
  if (strcmp(verb, "ENDORSE") != 0 && strcmp(verb, "GET-ID") != 0) {
    refuse(client, "only ENDORSE and GET-ID can be asked for");
    return LINE_OK;
  }
  enum line_result result = line_request(line, verb, client->frame.body, client->frame.length);
  if (result == LINE_OK) {
    line_send(client, "OK", line->frame.body, line->frame.length);
  } else {
    refuse(client, line->error);
  }
  return result;
}

enum line_result broker_serve(int listener, struct line *line) {
  static struct line client;
  int fd = accept4(listener, 0, 0, SOCK_CLOEXEC);
  if (fd < 0) return LINE_OK; /* it went away again */
  line_adopt(&client, fd, CLIENT_PATIENCE_MS);
  enum line_result request = line_receive(&client, clock_ms() + CLIENT_PATIENCE_MS);
  enum line_result result = LINE_OK;
  if (request == LINE_OK) {
    result = pass_on(&client, line);
  } else if (request != LINE_CLOSED) {
    refuse(&client, client.error);
  }
  line_close(&client);
  return result;
}
