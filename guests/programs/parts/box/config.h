/*
 * What the owner sets a box of the game up with: lines key=value on the raw disk `config`, and the same as arguments, which count
 * more. Nothing that trust rests on.
 *
 * What takes a value takes it whole or not at all. It returns 0, or what would have been right, "a number from 0 to 45", which holds
 * until the next such call.
 */
#ifndef TERRA_CONFIG_H
#define TERRA_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONFIG_ADDRESS = 20, CONFIG_PEER = 24 };

/* What a setter returns for a key that it does not know. */
extern const char CONFIG_UNKNOWN[];

/* Takes one setting. */
typedef const char *config_setter(void *whose, const char *key, const char *value);

/* Each line of the disk, if there is one; what is wrong is said on standard error, with what would be right, and passed over. */
void config_disk(const char *program, config_setter *set, void *whose);

/* "key=value"; false if something is wrong with it, which has then been said. */
bool config_argument(const char *program, const char *argument, config_setter *set, void *whose);

/* Letters, digits, - and _; `size` counts the zero. A path has . and / too. */
const char *config_name(const char *value, char *to, size_t size);
const char *config_path(const char *value, char *to, size_t size);

/* 0 or 1; a whole number, in digits alone; any. Limits are within. */
const char *config_switch(const char *value, bool *to);
const char *config_whole(const char *value, uint32_t least, uint32_t most, uint32_t *to);
const char *config_number(const char *value, float least, float most, float *to);

/* "10.0.0.2/24". */
const char *config_address(const char *value, char to[CONFIG_ADDRESS]);

struct config_peer {
  char text[CONFIG_PEER];
  struct sockaddr_in address;
};

/* "10.0.0.1" or "10.0.0.1:27501"; without a port, the usual one. */
const char *config_peer(const char *value, uint16_t usual_port, struct config_peer *to);

/* Brings the card of the role `internet` up with an address as above; false with errno. */
bool config_network(const char *address);

#endif
