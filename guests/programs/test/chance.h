/* What fuzzing needs: numbers by chance, the same for the same seed, and what is made with them. */
#ifndef TEST_CHANCE_H
#define TEST_CHANCE_H

#include "quakeworld/message.h"

void chance_start(uint64_t seed);

unsigned chance(unsigned below);

/* Changes a few numbers of a file; of a map, every part is as likely to be hit as any other, however small. */
void chance_change(uint8_t *bytes, size_t size, bool is_map);

/* Appends a message of a server's, of a kind whose body is bytes by chance, texts that end among them. */
void chance_message(struct writer *to);

#endif
