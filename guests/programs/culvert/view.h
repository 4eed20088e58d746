/* SPDX-License-Identifier: GPL-2.0-or-later
   The border between what plays and what draws: one moment of the game, as the server told it and the player looks at it.
   The protocol's side fills it in once a frame; the renderer reads it and never asks further. Units are the map's (one is about
   2.5 cm), angles degrees (pitch down, yaw left, roll), times seconds since the program started. */
#ifndef CULVERT_VIEW_H
#define CULVERT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

enum {
  VIEW_MODELS = 256,
  VIEW_ENTITIES = 128,
  VIEW_PLAYERS = 32,
  VIEW_STYLES = 64,
  VIEW_BEAMS = 32,
  VIEW_PARTICLES = 64,
  VIEW_LINES = 4,
  VIEW_NAME = 32,
  VIEW_LINE = 80,
  VIEW_PATH = 64,
};

/* A model to be drawn; players too, but for the one who looks. `model` counts from 1 in `models`. */
struct view_entity {
  int model, frame, skin;
  /* Number of the player whose colours it wears, or -1. */
  int player;
  int effects;
  float origin[3], angles[3];
};

struct view_player {
  bool in;
  char name[VIEW_NAME];
  int frags, ping, seconds;
  /* Colours of shirt and trousers, 0 to 13. */
  int top, bottom;
};

/* A shot or the like: from, to, and until when it is to be seen. */
struct view_beam {
  float from[3], to[3];
  double until;
};

/* Something that bursts at a point. */
struct view_burst {
  enum { BURST_SPARK, BURST_BLOOD, BURST_EXPLOSION } kind;
  float origin[3];
  double since;
};

struct view {
  /* "" until the server has said which map it is; index 1 of models is the map. Paths are relative to the game directory. */
  char models[VIEW_MODELS][VIEW_PATH];
  /* Changes whenever the list of models does, so that the renderer loads anew. */
  int generation;
  /* The player is in the game: everything below holds. */
  bool playing;
  double now;

  float eye[3], angles[3];
  int self;
  int health, armour, ammo;
  int weapon_model, weapon_frame;
  /* Since when the picture reddens, after damage; 0 if never. */
  double hurt_at;
  bool dead, scores, intermission;
  /* Whether a bot holds this player, for the display. */
  bool bot;

  struct view_entity entities[VIEW_ENTITIES];
  int entity_count;
  struct view_player players[VIEW_PLAYERS];
  struct view_beam beams[VIEW_BEAMS];
  int beam_count;
  struct view_burst bursts[VIEW_PARTICLES];
  int burst_count;
  /* Light styles as the server sends them: letters 'a' (dark) to 'z', ten a second. */
  char styles[VIEW_STYLES][64];

  /* Last lines of chat and obituaries, oldest first, each with the time when it came. */
  char lines[VIEW_LINES][VIEW_LINE];
  double line_at[VIEW_LINES];
  char centre[256];
  double centre_at;
  /* What the client is doing while it does not play yet: "asking 10.0.0.1", "the server refused: ...". */
  char status[VIEW_LINE];
};

/* What the person at the keyboard and mouse wants since the last frame. */
struct intent {
  /* -1, 0 or 1. */
  int forward, side, up;
  bool attack, jump, scores;
  /* Weapon to choose, 1 to 8, or 0. */
  int impulse;
  /* Degrees to turn by. */
  float yaw, pitch;
  /* Hand the player to the bot or take it over. */
  bool toggle_bot;
  /* Show or hide how many polygons are drawn. */
  bool toggle_speeds;
};

#endif
