/*
 * COM2, the attestation device. In a box where attestd runs, attestd holds the line; others reach it through its local
 * socket, which speaks the same grammar (and never sends a CHALLENGE).
 */
#ifndef TERRA_COM2_H
#define TERRA_COM2_H

#include "line.h"

#define COM2_DEVICE "/dev/ttyS1"
#define COM2_SOCKET "/run/terra/attestation"

enum { COM2_PATIENCE_MS = 15000 };

/* Opens attestd's socket or, in a box without attestd, the device itself; a device in use is waited for. */
enum line_result com2_open_any(struct line *line, int patience_ms);

#endif
