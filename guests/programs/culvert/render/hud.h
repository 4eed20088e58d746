/* SPDX-License-Identifier: GPL-2.0-or-later
   What stands over the picture: how one fares, what happened, who leads; and what is shown while there is no game yet. */
#ifndef CULVERT_HUD_H
#define CULVERT_HUD_H

#include "pen.h"

struct hud_figures {
  int fps;
  bool speeds;
  struct render_counts counts;
};

void hud_draw(const struct pen *pen, const struct view *view, const struct hud_figures *figures);

/* The whole picture, while the client is on its way into a game. */
void hud_title(const struct pen *pen, const struct view *view);

#endif
