#define _GNU_SOURCE
#include "com2.h"

#include <unistd.h>

#include "clock.h"

enum { BUSY_RETRY_MS = 50 };

enum line_result com2_open_any(struct line *line, int patience_ms) {
  int64_t deadline = clock_ms() + patience_ms;
  for (;;) {
    if (line_is_socket(COM2_SOCKET) && line_open(line, COM2_SOCKET, patience_ms) == LINE_OK) return LINE_OK;
    if (line_open(line, COM2_DEVICE, patience_ms) == LINE_OK) return LINE_OK;
    /* No such device: waiting does not help. In use: attestd, whose socket comes in a moment. */
    if (access(COM2_DEVICE, R_OK | W_OK) != 0 || clock_left(deadline) == 0) return LINE_CLOSED;
    clock_sleep(BUSY_RETRY_MS);
  }
}
