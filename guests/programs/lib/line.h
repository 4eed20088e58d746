/*
 * A line to the TVMM: requests and their replies over COM2 or COM3, and on COM2 the TVMM's CHALLENGE.
 * com2.h and tvmm/com3.h say which device is which.
 *
 * One program at a time speaks on a serial line, held by a lock on the device. A local socket that speaks the same
 * grammar will do as well.
 *
 * What comes in is bounded in size and in time. After anything but OK the line has to be reset (line_reset): the TVMM
 * discards input after an ERR until DTR rises again, and after garbage nobody knows where a frame begins.
 */
#ifndef TERRA_LINE_H
#define TERRA_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "frame.h"

enum { LINE_NONCE_SIZE = 32 };

enum line_result {
  LINE_OK,      /* a frame came; it is in line.frame */
  LINE_REFUSED, /* ERR came; its text is in line.error */
  LINE_SILENT,  /* nothing, or not all of it, within the patience */
  LINE_GARBLED, /* what came is no frame, or a frame that does not belong here */
  LINE_CLOSED,  /* the device cannot be opened, or is gone */
};

struct line {
  int fd; /* -1: closed */
  const char *path;
  int patience_ms;   /* for one whole reply */
  int is_serial;     /* a serial line with DTR, not a socket */
  struct frame frame; /* the last frame that came */
  char error[512];   /* what went wrong, for a person */
  /* A CHALLENGE that came while a reply was awaited. */
  int challenged;
  size_t nonce_length; /* as sent: not LINE_NONCE_SIZE is an error of the sender's */
  uint8_t nonce[LINE_NONCE_SIZE];
  /* Private from here on: bytes that came and were not yet looked at. */
  uint8_t in[4096];
  size_t in_start;
  size_t in_end;
};

/* Opens a serial line (raw, DTR up, locked) or a socket. LINE_CLOSED with an error if that fails. */
enum line_result line_open(struct line *line, const char *path, int patience_ms);

/* The same, but waits for as long as another program holds the line. */
enum line_result line_open_when_free(struct line *line, const char *path, int patience_ms);

/* Nonzero if there is a socket at this path. */
int line_is_socket(const char *path);

/* Takes over a connected socket. */
void line_adopt(struct line *line, int fd, int patience_ms);

/* Drops DTR and whatever was under way. */
void line_close(struct line *line);

/* Closes and opens again, so that both ends begin anew. A kept CHALLENGE is dropped. */
enum line_result line_reset(struct line *line);

/* Sends a request and waits for its reply. LINE_OK: the reply's body is frame.body, frame.length. */
enum line_result line_request(struct line *line, const char *verb, const void *body, size_t length);

/* Waits for the next frame, whatever its word. */
enum line_result line_receive(struct line *line, int64_t deadline_ms);

enum line_result line_send(struct line *line, const char *word, const void *body, size_t length);

/* Nonzero if bytes came that line_receive has not looked at: poll() would not tell. */
int line_has_more(const struct line *line);

/* Keeps the CHALLENGE that is in line.frame. */
void line_keep_challenge(struct line *line);

#endif
