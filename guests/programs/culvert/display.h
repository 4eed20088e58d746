/* SPDX-License-Identifier: GPL-2.0-or-later
   The guest's screen as a place for pictures: /dev/fb0, 32 bits a pixel, and its terminal kept quiet meanwhile. */
#ifndef CULVERT_DISPLAY_H
#define CULVERT_DISPLAY_H

#include "render.h"

/* Takes the screen, and the terminal on standard input if it is a virtual one: no cursor, no characters, no keys to a shell.
   False and why, in a sentence, if there is no screen for these pictures. */
bool display_open(char *why, size_t size);

void display_show(const struct render_picture *picture);

/* Gives the terminal back as it was. Safe in a signal handler, and without display_open. */
void display_close(void);

#endif
