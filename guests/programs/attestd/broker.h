/*
 * The local door to COM2: other programs of this box ask here for ENDORSE and GET-ID, since attestd holds the line.
 * One client at a time, one request each; a client that dawdles is dropped, because challenges wait meanwhile.
 */
#ifndef TERRA_BROKER_H
#define TERRA_BROKER_H

#include "com2.h"

/* Listens on a local socket, in place of whatever lay there; returns its descriptor, or -1 with errno. */
int broker_listen(const char *path);

/* Serves the next client. Returns how the line did: after anything but LINE_OK it has to be reset. */
enum line_result broker_serve(int listener, struct line *line);

#endif
