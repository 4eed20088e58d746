/*
 * Client of COM2, the attestation device: ENDORSE and GET-ID to the TVMM, answers to its CHALLENGE.
 *
 * One program at a time speaks on the line, held by a lock on the device. In a box where attestd runs, that is attestd;
 * others reach the line through its local socket, which speaks the same grammar (and never sends a CHALLENGE).
 *
 * What comes in is bounded in size and in time. After anything but OK the line has to be reset (com2_reset): the TVMM
 * discards input after an ERR until DTR rises again, and after garbage nobody knows where a frame begins.
 */
#ifndef TERRA_COM2_H
#define TERRA_COM2_H

#include <stddef.h>
#include <stdint.h>

#include "frame.h"

#define COM2_DEVICE "/dev/ttyS1"
#define COM2_SOCKET "/run/terra/attestation"

enum { COM2_PATIENCE_MS = 15000, COM2_NONCE_SIZE = 32 };

enum com2_result {
  COM2_OK,      /* a frame came; it is in com2.frame */
  COM2_REFUSED, /* ERR came; its text is in com2.error */
  COM2_SILENT,  /* nothing, or not all of it, within the patience */
  COM2_GARBLED, /* what came is no frame, or a frame that does not belong here */
  COM2_CLOSED,  /* the device cannot be opened, or is gone */
};

struct com2 {
  int fd; /* -1: closed */
  const char *path;
  int patience_ms;   /* for one whole reply */
  int is_line;       /* a serial line with DTR, not a socket */
  struct frame frame; /* the last frame that came */
  char error[256];   /* what went wrong, for a person */
  /* A CHALLENGE that came while a reply was awaited. */
  int challenged;
  size_t nonce_length; /* as sent: not COM2_NONCE_SIZE is an error of the sender's */
  uint8_t nonce[COM2_NONCE_SIZE];
  /* Private from here on: bytes that came and were not yet looked at. */
  uint8_t in[4096];
  size_t in_start;
  size_t in_end;
};

/* Opens a serial line (raw, DTR up, locked) or a socket. COM2_CLOSED with an error if that fails. */
enum com2_result com2_open(struct com2 *com2, const char *path, int patience_ms);

/* Opens attestd's socket or, in a box without attestd, the device itself; a device in use is waited for. */
enum com2_result com2_open_any(struct com2 *com2, int patience_ms);

/* Takes over a connected socket. */
void com2_adopt(struct com2 *com2, int fd, int patience_ms);

/* Drops DTR and whatever was under way. */
void com2_close(struct com2 *com2);

/* Closes and opens again, so that both ends begin anew. A kept CHALLENGE is dropped. */
enum com2_result com2_reset(struct com2 *com2);

/* Sends a request and waits for its reply. COM2_OK: the reply's body is frame.body, frame.length. */
enum com2_result com2_request(struct com2 *com2, const char *verb, const void *body, size_t length);

/* Waits for the next frame, whatever its word. */
enum com2_result com2_receive(struct com2 *com2, int64_t deadline_ms);

enum com2_result com2_send(struct com2 *com2, const char *word, const void *body, size_t length);

/* Nonzero if bytes came that com2_receive has not looked at: poll() would not tell. */
int com2_has_more(const struct com2 *com2);

/* Keeps the CHALLENGE that is in com2.frame. */
void com2_keep_challenge(struct com2 *com2);

#endif
