#define _GNU_SOURCE
#include "com2.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"

/* How long DTR stays low in a reset: long enough for bytes that were on their way to come in and be dropped. */
enum { DTR_LOW_MS = 20, BUSY_RETRY_MS = 50 };

__attribute__((format(printf, 3, 4))) static enum com2_result fail(struct com2 *com2, enum com2_result result,
                                                                   const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(com2->error, sizeof com2->error, format, arguments);
  va_end(arguments);
  return result;
}

static void start(struct com2 *com2, const char *path, int patience_ms) {
  com2->fd = -1;
  com2->path = path;
  com2->patience_ms = patience_ms;
  com2->is_line = 0;
  com2->error[0] = 0;
  com2->challenged = 0;
  com2->nonce_length = 0;
  com2->in_start = com2->in_end = 0;
  frame_reset(&com2->frame);
}

static int make_raw(int fd) {
  struct termios mode;
  if (tcgetattr(fd, &mode) != 0) return -1;
  cfmakeraw(&mode);
  mode.c_cflag |= CLOCAL | CREAD | HUPCL;
  mode.c_cflag &= ~(tcflag_t)CRTSCTS;
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  cfsetspeed(&mode, B115200);
  return tcsetattr(fd, TCSANOW, &mode);
}

/* A terminal that has no modem lines (a pseudo-terminal) does without DTR. */
static void set_dtr(int fd, int up) {
  int bit = TIOCM_DTR;
  ioctl(fd, up ? TIOCMBIS : TIOCMBIC, &bit);
}

static enum com2_result open_line(struct com2 *com2) {
  int fd = open(com2->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail(com2, COM2_CLOSED, "cannot open %s: %s", com2->path, strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return fail(com2, COM2_CLOSED, "%s is in use by another program", com2->path);
  }
  if (make_raw(fd) != 0) {
    fail(com2, COM2_CLOSED, "%s is neither a serial line nor a socket: %s", com2->path, strerror(errno));
    close(fd);
    return COM2_CLOSED;
  }
  /* Opening raised DTR while the terminal still echoed: begin anew, so that nothing sent since is lost or half read. */
  set_dtr(fd, 0);
  tcflush(fd, TCIOFLUSH);
  set_dtr(fd, 1);
  com2->fd = fd;
  com2->is_line = 1;
  return COM2_OK;
}

static enum com2_result open_socket(struct com2 *com2) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(com2->path) >= sizeof address.sun_path) {
    return fail(com2, COM2_CLOSED, "%s is longer than a socket's path may be", com2->path);
  }
  strcpy(address.sun_path, com2->path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    fail(com2, COM2_CLOSED, "cannot connect to %s: %s", com2->path, strerror(errno));
    if (fd >= 0) close(fd);
    return COM2_CLOSED;
  }
  com2->fd = fd;
  return COM2_OK;
}

static int is_socket(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

enum com2_result com2_open(struct com2 *com2, const char *path, int patience_ms) {
  signal(SIGPIPE, SIG_IGN);
  start(com2, path, patience_ms);
  return is_socket(path) ? open_socket(com2) : open_line(com2);
}

enum com2_result com2_open_any(struct com2 *com2, int patience_ms) {
  int64_t deadline = clock_ms() + patience_ms;
  for (;;) {
    if (is_socket(COM2_SOCKET) && com2_open(com2, COM2_SOCKET, patience_ms) == COM2_OK) return COM2_OK;
    if (com2_open(com2, COM2_DEVICE, patience_ms) == COM2_OK) return COM2_OK;
    /* No such device: waiting does not help. In use: attestd, whose socket comes in a moment. */
    if (access(COM2_DEVICE, R_OK | W_OK) != 0 || clock_left(deadline) == 0) return COM2_CLOSED;
    clock_sleep(BUSY_RETRY_MS);
  }
}

void com2_adopt(struct com2 *com2, int fd, int patience_ms) {
  start(com2, "local client", patience_ms);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  com2->fd = fd;
}

void com2_close(struct com2 *com2) {
  if (com2->fd < 0) return;
  if (com2->is_line) {
    tcflush(com2->fd, TCIOFLUSH);
    set_dtr(com2->fd, 0);
  }
  close(com2->fd);
  com2->fd = -1;
}

enum com2_result com2_reset(struct com2 *com2) {
  char error[sizeof com2->error];
  memcpy(error, com2->error, sizeof error);
  if (com2->fd >= 0) {
    com2_close(com2);
    clock_sleep(DTR_LOW_MS);
  }
  enum com2_result result = com2_open(com2, com2->path, com2->patience_ms);
  if (result == COM2_OK) memcpy(com2->error, error, sizeof error);
  return result;
}

/* Waits for the descriptor to be ready; 0 when the deadline passed. */
static int ready(int fd, short events, int64_t deadline_ms) {
  for (;;) {
    struct pollfd one = {.fd = fd, .events = events};
    int count = poll(&one, 1, clock_left(deadline_ms));
    if (count > 0) return 1;
    if (count == 0) return 0;
    if (errno != EINTR) return 1; /* the read or write that follows says what is wrong */
  }
}

static enum com2_result send_all(struct com2 *com2, const uint8_t *bytes, size_t count, int64_t deadline_ms) {
  while (count > 0) {
    ssize_t written = write(com2->fd, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) {
      return fail(com2, COM2_CLOSED, "cannot write to %s: %s", com2->path, strerror(errno));
    }
    if (!ready(com2->fd, POLLOUT, deadline_ms)) {
      return fail(com2, COM2_SILENT, "%s took no bytes for %d ms", com2->path, com2->patience_ms);
    }
  }
  return COM2_OK;
}

enum com2_result com2_send(struct com2 *com2, const char *word, const void *body, size_t length) {
  if (com2->fd < 0) return fail(com2, COM2_CLOSED, "%s is not open", com2->path);
  char head[FRAME_HEAD_LIMIT + 1];
  size_t head_length = frame_head(head, word, length);
  if (head_length == 0) {
    return fail(com2, COM2_GARBLED, "%s with %zu bytes: at most %d can be sent", word, length, FRAME_BODY_LIMIT);
  }
  int64_t deadline = clock_ms() + com2->patience_ms;
  enum com2_result result = send_all(com2, (const uint8_t *)head, head_length, deadline);
  return result == COM2_OK ? send_all(com2, body, length, deadline) : result;
}

int com2_has_more(const struct com2 *com2) { return com2->in_start < com2->in_end; }

/* Fills the input buffer with at least one byte. */
static enum com2_result fill(struct com2 *com2, int64_t deadline_ms) {
  for (;;) {
    ssize_t count = read(com2->fd, com2->in, sizeof com2->in);
    if (count > 0) {
      com2->in_start = 0;
      com2->in_end = (size_t)count;
      return COM2_OK;
    }
    if (count == 0) return fail(com2, COM2_CLOSED, "%s was closed by its other end", com2->path);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(com2, COM2_CLOSED, "cannot read from %s: %s", com2->path, strerror(errno));
    if (!ready(com2->fd, POLLIN, deadline_ms)) {
      if (frame_idle(&com2->frame)) {
        return fail(com2, COM2_SILENT, "nothing came from %s within %d ms", com2->path, com2->patience_ms);
      }
      return fail(com2, COM2_SILENT, "'%s' on %s was not completed within %d ms: %zu bytes came", com2->frame.head,
                  com2->path, com2->patience_ms, com2->frame.body_used);
    }
  }
}

enum com2_result com2_receive(struct com2 *com2, int64_t deadline_ms) {
  if (com2->fd < 0) return fail(com2, COM2_CLOSED, "%s is not open", com2->path);
  frame_reset(&com2->frame);
  for (;;) {
    com2->in_start += frame_take(&com2->frame, com2->in + com2->in_start, com2->in_end - com2->in_start);
    if (com2->frame.state == FRAME_COMPLETE) return COM2_OK;
    if (com2->frame.state == FRAME_BAD) {
      return fail(com2, COM2_GARBLED, "'%s...' on %s does not begin with 'WORD LENGTH' and a length up to %d",
                  com2->frame.head, com2->path, FRAME_BODY_LIMIT);
    }
    enum com2_result result = fill(com2, deadline_ms);
    if (result != COM2_OK) return result;
  }
}

void com2_keep_challenge(struct com2 *com2) {
  com2->challenged = 1;
  com2->nonce_length = com2->frame.length;
  if (com2->frame.length == COM2_NONCE_SIZE) memcpy(com2->nonce, com2->frame.body, COM2_NONCE_SIZE);
}

/* The text of an ERR, cut to one printable line: it goes to a terminal. */
static enum com2_result refused(struct com2 *com2) {
  size_t length = com2->frame.length < sizeof com2->error - 1 ? com2->frame.length : sizeof com2->error - 1;
  for (size_t i = 0; i < length; i++) {
    uint8_t c = com2->frame.body[i];
    com2->error[i] = c >= 0x20 && c <= 0x7e ? (char)c : ' ';
  }
  while (length > 0 && com2->error[length - 1] == ' ') length--;
  com2->error[length] = 0;
  return COM2_REFUSED;
}

enum com2_result com2_request(struct com2 *com2, const char *verb, const void *body, size_t length) {
  enum com2_result result = com2_send(com2, verb, body, length);
  if (result != COM2_OK) return result;
  int64_t deadline = clock_ms() + com2->patience_ms;
  for (;;) {
    result = com2_receive(com2, deadline);
    if (result != COM2_OK) return result;
    if (strcmp(com2->frame.word, "OK") == 0) return COM2_OK;
    if (strcmp(com2->frame.word, "ERR") == 0) return refused(com2);
    if (strcmp(com2->frame.word, "CHALLENGE") != 0) {
      return fail(com2, COM2_GARBLED, "'%s' came where OK or ERR to %s should", com2->frame.word, verb);
    }
    com2_keep_challenge(com2);
  }
}
