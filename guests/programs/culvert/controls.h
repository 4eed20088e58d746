/* SPDX-License-Identifier: GPL-2.0-or-later
   Keyboard and mouse, read from /dev/input. Devices may come and go; without any, nobody wants anything. */
#ifndef CULVERT_CONTROLS_H
#define CULVERT_CONTROLS_H

#include "view.h"

/* What the person has wanted since the last call. Never waits. `now` as in struct view; new devices are looked for once a second. */
void controls_read(double now, struct intent *intent);

#endif
