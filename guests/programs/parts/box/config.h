/*
 * What the owner sets a box of the game up with: lines key=value on the raw disk `config`, and the same as arguments, which count
 * more. Nothing that trust rests on.
 */
#ifndef TERRA_CONFIG_H
#define TERRA_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/* Takes one setting; false if the key or its value is not understood. */
typedef bool config_setter(void *whose, const char *key, const char *value);

/* Each line of the disk, if there is one; what is not understood is said on standard error and passed over. */
void config_disk(const char *program, config_setter *set, void *whose);

/* "key=value"; false if it is none or is not understood. */
bool config_line(const char *line, config_setter *set, void *whose);

/* Copies a value that is not empty, fits in, and has only what `allowed` lists. */
bool config_text(const char *value, const char *allowed, char *to, size_t size);

bool config_path(const char *value, char *to, size_t size);

/* A number within limits. */
bool config_number(const char *value, double least, double most, double *to);

/* "10.0.0.1" or "10.0.0.1:27501", whole or not at all; without a port, the usual one. */
bool config_peer(const char *value, int usual_port, struct sockaddr_in *to);

/* Brings the card of the role `internet` up with "10.0.0.2/24"; false with errno. */
bool config_address(const char *address);

#endif
