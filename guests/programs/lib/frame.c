#include "frame.h"

#include <stdio.h>
#include <string.h>

void frame_reset(struct frame *frame) {
  frame->state = FRAME_MORE;
  frame->word[0] = 0;
  frame->length = 0;
  frame->head[0] = 0;
  frame->head_used = 0;
  frame->body_used = 0;
  frame->in_body = 0;
}

int frame_idle(const struct frame *frame) { return frame->state == FRAME_MORE && frame->head_used == 0; }

static int is_word_letter(char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }

/* Reads "WORD LENGTH" out of frame->head. One spelling for each length: no sign, no leading zero, no second space. */
static int read_head(struct frame *frame) {
  const char *at = frame->head;
  size_t letters = 0;
  while (letters < FRAME_WORD_LIMIT && is_word_letter(at[letters])) letters++;
  if (letters == 0 || at[letters] != ' ') return 0;
  memcpy(frame->word, at, letters);
  frame->word[letters] = 0;
  at += letters + 1;
  if (*at == 0 || (*at == '0' && at[1] != 0)) return 0;
  size_t length = 0;
  for (; *at != 0; at++) {
    if (*at < '0' || *at > '9') return 0;
    length = length * 10 + (size_t)(*at - '0');
    if (length > FRAME_BODY_LIMIT) return 0;
  }
  frame->length = length;
  return 1;
}

static void take_head_byte(struct frame *frame, uint8_t byte) {
  if (byte == '\n') {
    frame->head[frame->head_used] = 0;
    if (!read_head(frame)) {
      frame->state = FRAME_BAD;
    } else {
      frame->in_body = 1;
      if (frame->length == 0) frame->state = FRAME_COMPLETE;
    }
    return;
  }
  /* Printable only, so that a bad head can be quoted in an error; and a head that never ends is bad early. */
  if (byte < 0x20 || byte > 0x7e || frame->head_used == FRAME_HEAD_LIMIT) {
    frame->state = FRAME_BAD;
    return;
  }
  frame->head[frame->head_used++] = (char)byte;
  frame->head[frame->head_used] = 0;
}

size_t frame_take(struct frame *frame, const uint8_t *bytes, size_t count) {
  size_t taken = 0;
  while (frame->state == FRAME_MORE && taken < count) {
    if (!frame->in_body) {
      take_head_byte(frame, bytes[taken++]);
      continue;
    }
    size_t wanted = frame->length - frame->body_used;
    size_t here = count - taken < wanted ? count - taken : wanted;
    memcpy(frame->body + frame->body_used, bytes + taken, here);
    frame->body_used += here;
    taken += here;
    if (frame->body_used == frame->length) frame->state = FRAME_COMPLETE;
  }
  return taken;
}

size_t frame_head(char out[FRAME_HEAD_LIMIT + 1], const char *word, size_t length) {
  if (strlen(word) > FRAME_WORD_LIMIT || length > FRAME_BODY_LIMIT) return 0;
  return (size_t)snprintf(out, FRAME_HEAD_LIMIT + 1, "%s %zu\n", word, length);
}
