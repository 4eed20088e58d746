/*
 * The grammar of COM2 and COM3, both ways: "WORD LENGTH\n" and LENGTH bytes. A word names a request, or is CHALLENGE, OK
 * or ERR.
 *
 * Knows bytes only: no device, no time. Takes any input whatever and never writes outside its own buffer; input that
 * is no frame makes it FRAME_BAD, where it stays until frame_reset.
 */
#ifndef TERRA_FRAME_H
#define TERRA_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum { FRAME_BODY_LIMIT = 65536, FRAME_WORD_LIMIT = 16, FRAME_HEAD_LIMIT = FRAME_WORD_LIMIT + 8 };

enum frame_state { FRAME_MORE, FRAME_COMPLETE, FRAME_BAD };

struct frame {
  enum frame_state state;
  char word[FRAME_WORD_LIMIT + 1];
  size_t length;
  uint8_t body[FRAME_BODY_LIMIT];
  /* Private from here on. */
  char head[FRAME_HEAD_LIMIT + 1];
  size_t head_used;
  size_t body_used;
  int in_body;
};

/* Forgets everything and waits for the first byte of a head. */
void frame_reset(struct frame *frame);

/* Takes bytes until the frame is complete or bad, and returns how many it took; what follows belongs to the next. */
size_t frame_take(struct frame *frame, const uint8_t *bytes, size_t count);

/* Nonzero if nothing of a frame has come yet. */
int frame_idle(const struct frame *frame);

/* Writes "WORD LENGTH\n" with a closing zero; returns its length, or 0 if word or length are out of bounds. */
size_t frame_head(char out[FRAME_HEAD_LIMIT + 1], const char *word, size_t length);

#endif
