/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../render.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "../files.h"
#include "hud.h"
#include "level.h"
#include "pen.h"
#include "sight.h"
#include "sparks.h"
#include "surface.h"
#include "walls.h"

enum {
  PALETTE_SIZE = 768,
  COLORMAP_SIZE = 256 * SIGHT_LEVELS,
  FONT_SIZE = PEN_FONT_SIDE * PEN_FONT_SIDE,
  FILE_LIMIT = 16 << 20,
  MODEL_LIMIT = 4 << 20,
  /* Colours of a model's skin that a player's own take the place of. */
  SHIRT = 16,
  TROUSERS = 96,
  RANGE = 16,
  COLOURS = 14,
  REVERSED = 8,
  /* What the protocol calls a flash at the gun, and lights that a model carries. */
  EFFECTS_BRIGHT = 2 | 4 | 8,
  LEAST_LIGHT = 40,
  FLASH_LIGHT = 90,
  WEAPON_ROWS = RENDER_HEIGHT / 4,
};

/* Beside the model: what is loaded under its name. */
struct loaded {
  struct figure *figure;
  /* A part of the map, 1 on; 0: none. */
  int part;
};

static char folder[FILES_PATH];
static uint8_t *palette, *colormap, *font;
static struct level *level;
static struct loaded loaded[VIEW_MODELS];
static int generation = -1;
static char trouble[160];
static struct sight sight;
static struct pen pen;
/* How the weapon swings as one walks. */
static struct {
  float place[2], phase, stride;
  double at;
} walk;

static uint8_t *read_gfx(const char *name, size_t wanted, char *why, size_t why_size) {
  char path[FILES_PATH];
  size_t size = 0;
  uint8_t *bytes = file_path(folder, name, path) ? file_read(path, FILE_LIMIT, &size) : 0;
  if (!bytes) {
    snprintf(why, why_size, "%s/%s: %m", folder, name);
  } else if (size < wanted) {
    snprintf(why, why_size, "%s has %zu bytes; %zu are wanted", path, size, wanted);
    free(bytes);
    bytes = 0;
  }
  return bytes;
}

bool render_open(const char *from, char *why, size_t size) {
  snprintf(folder, sizeof folder, "%s", from);
  palette = read_gfx("gfx/palette.lmp", PALETTE_SIZE, why, size);
  colormap = palette ? read_gfx("gfx/colormap.lmp", COLORMAP_SIZE, why, size) : 0;
  font = colormap ? read_gfx("gfx/font.lmp", FONT_SIZE, why, size) : 0;
  if (!font) return false;
  pen = (struct pen){.font = font, .colormap = colormap};
  pen_open(&pen, palette);
  sight.colormap = colormap;
  return true;
}

const char *render_trouble(void) { return trouble; }

struct render_counts render_counts(void) { return sight.counts; }

static void unload(void) {
  surface_forget();
  walls_forget();
  level_free(level);
  level = 0;
  trouble[0] = 0;
  for (int i = 0; i < VIEW_MODELS; i++) figure_free(loaded[i].figure);
  memset(loaded, 0, sizeof loaded);
}

__attribute__((format(printf, 2, 3))) static void leave_out(int number, const char *format, ...) {
  char why[sizeof trouble];
  va_list values;
  va_start(values, format);
  vsnprintf(why, sizeof why, format, values);
  va_end(values);
  fprintf(stderr, "culvert: %s\n", why);
  if (number == 1) strcpy(trouble, why);
}

static void load_model(const char *name, int number) {
  char path[FILES_PATH], why[100] = "";
  size_t size;
  if (name[0] == '*') {
    loaded[number].part = atoi(name + 1);
    return;
  }
  uint8_t *file = file_path(folder, name, path) ? file_read(path, number == 1 ? FILE_LIMIT : MODEL_LIMIT, &size) : 0;
  if (!file) {
    leave_out(number, "%s cannot be read: %m", name);
    return;
  }
  bool fits;
  if (number == 1) fits = (level = level_load(file, size, why, sizeof why));
  else fits = (loaded[number].figure = figure_load(file, size, why, sizeof why));
  if (!fits) leave_out(number, "%s: %s", name, why);
}

static void load(const struct view *view) {
  if (generation == view->generation) return;
  unload();
  generation = view->generation;
  for (int i = 1; i < VIEW_MODELS && view->models[i][0]; i++) {
    char name[VIEW_PATH];
    snprintf(name, sizeof name, "%s", view->models[i]);
    load_model(name, i);
  }
}

static void set_out(const struct view *view, struct render_picture *picture) {
  const float degree = (float)M_PI / 180;
  float pitch = view->angles[0] * degree, yaw = view->angles[1] * degree, roll = view->angles[2] * degree;
  float sp = sinf(pitch), cp = cosf(pitch), sy = sinf(yaw), cy = cosf(yaw), sr = sinf(roll), cr = cosf(roll);
  sight.view = view;
  sight.picture = picture;
  sight.number++;
  sight.counts = (struct render_counts){0};
  for (int axis = 0; axis < 3; axis++) sight.eye[axis] = view->eye[axis];
  const float forward[3] = {cp * cy, cp * sy, -sp};
  const float right[3] = {-sr * sp * cy + cr * sy, -sr * sp * sy - cr * cy, -sr * cp};
  const float up[3] = {cr * sp * cy + sr * sy, cr * sp * sy - sr * cy, cr * cp};
  memcpy(sight.forward, forward, sizeof forward);
  memcpy(sight.right, right, sizeof right);
  memcpy(sight.up, up, sizeof up);
  for (int row = 0; row < RENDER_HEIGHT; row++) {
    sight.depth_from[row] = RENDER_WIDTH;
    sight.depth_to[row] = 0;
  }
  for (int style = 0; style < VIEW_STYLES; style++) {
    const char *letters = view->styles[style];
    size_t length = strnlen(letters, sizeof view->styles[style]);
    int letter = length > 0 ? letters[(unsigned)(int)(view->now * 10) % length] : 'm';
    sight.styles[style] = letter >= 'a' && letter <= 'z' ? (letter - 'a') * 22 : 256;
  }
}

static struct loaded *model_of(const struct view_entity *entity) {
  return entity->model > 1 && entity->model < VIEW_MODELS ? &loaded[entity->model] : 0;
}

static int entities(const struct view *view) {
  return view->entity_count < 0 ? 0 : view->entity_count > VIEW_ENTITIES ? VIEW_ENTITIES : view->entity_count;
}

static bool is_part(const struct loaded *model) { return model->part > 0 && model->part < level->model_count; }

/* Which of the entities may be seen, and where depths are wanted for them. */
static void look_round(const struct view *view, bool shown[VIEW_ENTITIES]) {
  if (level->has_fences) sight_want_all_depths(&sight);
  for (int i = 0; i < entities(view); i++) {
    const struct view_entity *entity = &view->entities[i];
    const struct loaded *model = model_of(entity);
    shown[i] = false;
    if (!model) continue;
    if (is_part(model)) {
      const struct level_model *part = &level->models[model->part];
      float middle[3], half[3];
      for (int axis = 0; axis < 3; axis++) {
        middle[axis] = (part->least[axis] + part->most[axis]) / 2 + entity->origin[axis];
        half[axis] = (part->most[axis] - part->least[axis]) / 2;
      }
      shown[i] = sight_want_depth(&sight, middle, half[0] + half[1] + half[2]);
    } else if (model->figure) {
      shown[i] = sight_want_depth(&sight, entity->origin, model->figure->radius);
    }
  }
  sparks_want_depth(&sight);
}

static void dress_of(const struct view_player *player, uint8_t dress[256]) {
  for (int i = 0; i < 256; i++) dress[i] = (uint8_t)i;
  const struct { int range, colour; } parts[] = {{SHIRT, player->top}, {TROUSERS, player->bottom}};
  for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
    int colour = parts[part].colour;
    if (colour < 0 || colour >= COLOURS) continue;
    for (int i = 0; i < RANGE; i++)
      dress[parts[part].range + i] = (uint8_t)(colour * RANGE + (colour < REVERSED ? i : RANGE - 1 - i));
  }
}

static int light_at(const float point[3], int effects) {
  int light = level_light_at(level, point, sight.styles);
  if (light < LEAST_LIGHT) light = LEAST_LIGHT;
  if (effects & EFFECTS_BRIGHT) light += FLASH_LIGHT;
  return light > 255 ? 255 : light;
}

static void draw_entity(const struct view *view, const struct view_entity *entity) {
  const struct loaded *model = model_of(entity);
  if (is_part(model)) {
    walls_draw_part(&sight, level, model->part, entity->origin);
    return;
  }
  struct figure_pose pose = {.frame = entity->frame, .skin = entity->skin, .light = light_at(entity->origin, entity->effects)};
  memcpy(pose.origin, entity->origin, sizeof pose.origin);
  memcpy(pose.angles, entity->angles, sizeof pose.angles);
  uint8_t dress[256];
  if (entity->player >= 0 && entity->player < VIEW_PLAYERS) {
    dress_of(&view->players[entity->player], dress);
    pose.dress = dress;
  }
  figure_draw(&sight, model->figure, &pose);
}

/* The faster one walks, the more the weapon swings; it stops where it is and comes to rest. */
static void swing(const struct view *view, float *side, float *rise) {
  float passed = (float)(view->now - walk.at), across = view->eye[0] - walk.place[0], along = view->eye[1] - walk.place[1];
  if (passed > 0) {
    float speed = sqrtf(across * across + along * along) / passed;
    float stride = speed > 400 ? 0 : speed / 320;
    float share = passed > 0.2f ? 1 : passed * 5;
    walk.stride += (stride - walk.stride) * share;
    walk.phase += passed * 9;
    if (walk.phase > 2 * (float)M_PI) walk.phase -= 2 * (float)M_PI * floorf(walk.phase / (2 * (float)M_PI));
    walk.place[0] = view->eye[0];
    walk.place[1] = view->eye[1];
    walk.at = view->now;
  }
  *side = sinf(walk.phase) * 0.5f * walk.stride;
  *rise = -fabsf(cosf(walk.phase)) * 0.5f * walk.stride;
}

/* Last, and before all else: depths of what is there already do not count. */
static void draw_weapon(const struct view *view) {
  float side, rise;
  swing(view, &side, &rise);
  int model = view->weapon_model;
  if (view->dead || view->intermission || model <= 1 || model >= VIEW_MODELS || !loaded[model].figure) return;
  for (int row = WEAPON_ROWS; row < RENDER_HEIGHT; row++) memset(sight.depth[row], 0, sizeof sight.depth[row]);
  for (int row = 0; row < WEAPON_ROWS; row++)
    for (int column = 0; column < RENDER_WIDTH; column++) sight.depth[row][column] = INT32_MAX;
  struct figure_pose pose = {.frame = view->weapon_frame, .light = light_at(view->eye, 0), .in_hand = true};
  for (int axis = 0; axis < 3; axis++)
    pose.origin[axis] = view->eye[axis] + sight.right[axis] * side + sight.up[axis] * rise;
  memcpy(pose.angles, view->angles, sizeof pose.angles);
  figure_draw(&sight, loaded[model].figure, &pose);
}

static void tint(struct render_picture *picture, const int colour[3], int share) {
  for (int i = 0; i < 256; i++) {
    uint32_t mixed = 0;
    for (int part = 0; part < 3; part++) {
      int value = (int)(picture->colours[i] >> (16 - 8 * part) & 255);
      mixed = mixed << 8 | (uint32_t)(value + (colour[part] - value) * share / 256);
    }
    picture->colours[i] = mixed;
  }
}

static void colour(const struct view *view, struct render_picture *picture, bool playing) {
  static const int red[3] = {190, 16, 8}, dusk[3] = {40, 6, 6}, water[3] = {16, 70, 78};
  for (int i = 0; i < 256; i++)
    picture->colours[i] = (uint32_t)palette[3 * i] << 16 | (uint32_t)palette[3 * i + 1] << 8 | palette[3 * i + 2];
  if (!playing) return;
  if (walls_under_water(&sight, level)) tint(picture, water, 90);
  if (view->dead) tint(picture, dusk, 110);
  double since = view->now - view->hurt_at;
  if (view->hurt_at > 0 && since >= 0 && since < 0.5) tint(picture, red, (int)(84 * (1 - since / 0.5)));
}

void render_frame(const struct view *view, const struct render_options *options, struct render_picture *picture) {
  load(view);
  set_out(view, picture);
  pen.picture = picture;
  if (!view->playing || !level) {
    colour(view, picture, false);
    hud_title(&pen, view);
    return;
  }
  bool shown[VIEW_ENTITIES];
  look_round(view, shown);
  if (!walls_draw(&sight, level)) memset(picture->pixels, 0, sizeof picture->pixels);
  for (int i = 0; i < entities(view); i++) {
    if (shown[i]) draw_entity(view, &view->entities[i]);
  }
  walls_draw_fences(&sight, level);
  sparks_draw(&sight);
  draw_weapon(view);
  colour(view, picture, true);
  hud_draw(&pen, view, &(struct hud_figures){options->fps, options->speeds, sight.counts});
}
