#define _GNU_SOURCE
#include "line.h"

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
enum { DTR_LOW_MS = 20 };

__attribute__((format(printf, 3, 4))) static enum line_result fail(struct line *line, enum line_result result,
                                                                   const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line->error, sizeof line->error, format, arguments);
  va_end(arguments);
  return result;
}

static void start(struct line *line, const char *path, int patience_ms) {
  line->fd = -1;
  line->path = path;
  line->patience_ms = patience_ms;
  line->is_serial = 0;
  line->error[0] = 0;
  line->challenged = 0;
  line->nonce_length = 0;
  line->in_start = line->in_end = 0;
  frame_reset(&line->frame);
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

static enum line_result open_serial(struct line *line, int lock) {
  int fd = open(line->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail(line, LINE_CLOSED, "cannot open %s: %s", line->path, strerror(errno));
  if (flock(fd, lock) != 0) {
    close(fd);
    return fail(line, LINE_CLOSED, "%s is in use by another program", line->path);
  }
  if (make_raw(fd) != 0) {
    fail(line, LINE_CLOSED, "%s is neither a serial line nor a socket: %s", line->path, strerror(errno));
    close(fd);
    return LINE_CLOSED;
  }
  /* Opening raised DTR while the terminal still echoed: begin anew, so that nothing sent since is lost or half read. */
  set_dtr(fd, 0);
  tcflush(fd, TCIOFLUSH);
  set_dtr(fd, 1);
  line->fd = fd;
  line->is_serial = 1;
  return LINE_OK;
}

static enum line_result open_socket(struct line *line) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(line->path) >= sizeof address.sun_path) {
    return fail(line, LINE_CLOSED, "%s is longer than a socket's path may be", line->path);
  }
  strcpy(address.sun_path, line->path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    fail(line, LINE_CLOSED, "cannot connect to %s: %s", line->path, strerror(errno));
    if (fd >= 0) close(fd);
    return LINE_CLOSED;
  }
  line->fd = fd;
  return LINE_OK;
}

int line_is_socket(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static enum line_result open_any(struct line *line, const char *path, int patience_ms, int lock) {
  signal(SIGPIPE, SIG_IGN);
  start(line, path, patience_ms);
  return line_is_socket(path) ? open_socket(line) : open_serial(line, lock);
}

enum line_result line_open(struct line *line, const char *path, int patience_ms) {
  return open_any(line, path, patience_ms, LOCK_EX | LOCK_NB);
}

enum line_result line_open_when_free(struct line *line, const char *path, int patience_ms) {
  return open_any(line, path, patience_ms, LOCK_EX);
}

void line_adopt(struct line *line, int fd, int patience_ms) {
  start(line, "local client", patience_ms);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  line->fd = fd;
}

void line_close(struct line *line) {
  if (line->fd < 0) return;
  if (line->is_serial) {
    tcflush(line->fd, TCIOFLUSH);
    set_dtr(line->fd, 0);
  }
  close(line->fd);
  line->fd = -1;
}

enum line_result line_reset(struct line *line) {
  char error[sizeof line->error];
  memcpy(error, line->error, sizeof error);
  if (line->fd >= 0) {
    line_close(line);
    clock_sleep(DTR_LOW_MS);
  }
  enum line_result result = line_open(line, line->path, line->patience_ms);
  if (result == LINE_OK) memcpy(line->error, error, sizeof error);
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

static enum line_result send_all(struct line *line, const uint8_t *bytes, size_t count, int64_t deadline_ms) {
  while (count > 0) {
    ssize_t written = write(line->fd, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) {
      return fail(line, LINE_CLOSED, "cannot write to %s: %s", line->path, strerror(errno));
    }
    if (!ready(line->fd, POLLOUT, deadline_ms)) {
      return fail(line, LINE_SILENT, "%s took no bytes for %d ms", line->path, line->patience_ms);
    }
  }
  return LINE_OK;
}

enum line_result line_send(struct line *line, const char *word, const void *body, size_t length) {
  if (line->fd < 0) return fail(line, LINE_CLOSED, "%s is not open", line->path);
  char head[FRAME_HEAD_LIMIT + 1];
  size_t head_length = frame_head(head, word, length);
  if (head_length == 0) {
    return fail(line, LINE_GARBLED, "%s with %zu bytes: at most %d can be sent", word, length, FRAME_BODY_LIMIT);
  }
  int64_t deadline = clock_ms() + line->patience_ms;
  enum line_result result = send_all(line, (const uint8_t *)head, head_length, deadline);
  return result == LINE_OK ? send_all(line, body, length, deadline) : result;
}

int line_has_more(const struct line *line) { return line->in_start < line->in_end; }

/* Fills the input buffer with at least one byte. */
static enum line_result fill(struct line *line, int64_t deadline_ms) {
  for (;;) {
    ssize_t count = read(line->fd, line->in, sizeof line->in);
    if (count > 0) {
      line->in_start = 0;
      line->in_end = (size_t)count;
      return LINE_OK;
    }
    if (count == 0) return fail(line, LINE_CLOSED, "%s was closed by its other end", line->path);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(line, LINE_CLOSED, "cannot read from %s: %s", line->path, strerror(errno));
    if (!ready(line->fd, POLLIN, deadline_ms)) {
      if (frame_idle(&line->frame)) {
        return fail(line, LINE_SILENT, "nothing came from %s within %d ms", line->path, line->patience_ms);
      }
      return fail(line, LINE_SILENT, "'%s' on %s was not completed within %d ms: %zu bytes came", line->frame.head,
                  line->path, line->patience_ms, line->frame.body_used);
    }
  }
}

enum line_result line_receive(struct line *line, int64_t deadline_ms) {
  if (line->fd < 0) return fail(line, LINE_CLOSED, "%s is not open", line->path);
  frame_reset(&line->frame);
  for (;;) {
    line->in_start += frame_take(&line->frame, line->in + line->in_start, line->in_end - line->in_start);
    if (line->frame.state == FRAME_COMPLETE) return LINE_OK;
    if (line->frame.state == FRAME_BAD) {
      return fail(line, LINE_GARBLED, "'%s...' on %s does not begin with 'WORD LENGTH' and a length up to %d",
                  line->frame.head, line->path, FRAME_BODY_LIMIT);
    }
    enum line_result result = fill(line, deadline_ms);
    if (result != LINE_OK) return result;
  }
}

void line_keep_challenge(struct line *line) {
  line->challenged = 1;
  line->nonce_length = line->frame.length;
  if (line->frame.length == LINE_NONCE_SIZE) memcpy(line->nonce, line->frame.body, LINE_NONCE_SIZE);
}

/* The text of an ERR, cut to one printable line: it goes to a terminal. */
static enum line_result refused(struct line *line) {
  size_t length = line->frame.length < sizeof line->error - 1 ? line->frame.length : sizeof line->error - 1;
  for (size_t i = 0; i < length; i++) {
    uint8_t c = line->frame.body[i];
    line->error[i] = c >= 0x20 && c <= 0x7e ? (char)c : ' ';
  }
  while (length > 0 && line->error[length - 1] == ' ') length--;
  line->error[length] = 0;
  return LINE_REFUSED;
}

enum line_result line_request(struct line *line, const char *verb, const void *body, size_t length) {
  enum line_result result = line_send(line, verb, body, length);
  if (result != LINE_OK) return result;
  int64_t deadline = clock_ms() + line->patience_ms;
  for (;;) {
    result = line_receive(line, deadline);
    if (result != LINE_OK) return result;
    if (strcmp(line->frame.word, "OK") == 0) return LINE_OK;
    if (strcmp(line->frame.word, "ERR") == 0) return refused(line);
    if (strcmp(line->frame.word, "CHALLENGE") != 0) {
      return fail(line, LINE_GARBLED, "'%s' came where OK or ERR to %s should", line->frame.word, verb);
    }
    line_keep_challenge(line);
  }
}
