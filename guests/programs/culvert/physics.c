/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "physics.h"

#include <math.h>
#include <string.h>

static const float STEP = 18, FLOOR_Z = 0.7f, JUMP = 270, AIR_WISH = 30;
enum { LONGEST_PART_MS = 50, BUMPS = 4, PLANES = 5 };

static float dot(const float a[3], const float b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void add(float to[3], const float from[3], const float what[3], float times) {
  for (int axis = 0; axis < 3; axis++) to[axis] = from[axis] + what[axis] * times;
}

void physics_directions(const float angles[3], float forward[3], float right[3], float up[3]) {
  const float degree = (float)M_PI / 180;
  float sp = sinf(angles[0] * degree), cp = cosf(angles[0] * degree), sy = sinf(angles[1] * degree),
        cy = cosf(angles[1] * degree), sr = sinf(angles[2] * degree), cr = cosf(angles[2] * degree);
  if (forward) memcpy(forward, (float[]){cp * cy, cp * sy, -sp}, 12);
  if (right) memcpy(right, (float[]){cr * sy - sr * sp * cy, -cr * cy - sr * sp * sy, -sr * cp}, 12);
  if (up) memcpy(up, (float[]){cr * sp * cy + sr * sy, cr * sp * sy - sr * cy, cr * cp}, 12);
}

/* Takes away the part of a velocity that leads into a plane. */
static void clip(float velocity[3], const float normal[3]) {
  add(velocity, velocity, normal, -dot(velocity, normal));
}

/* Moves for a time and slides along what is in the way. */
static void slide(const struct map *map, struct body *body, float seconds) {
  float planes[PLANES][3];
  int count = 0;
  for (int bump = 0; bump < BUMPS && seconds > 0; bump++) {
    float to[3];
    add(to, body->origin, body->velocity, seconds);
    struct map_trace trace = map_trace(map, HULL_PLAYER, body->origin, to);
    if (trace.started_solid) {
      memset(body->velocity, 0, sizeof body->velocity);
      return;
    }
    memcpy(body->origin, trace.end, sizeof body->origin);
    if (trace.fraction == 1) return;
    seconds *= 1 - trace.fraction;
    if (count == PLANES) return;
    memcpy(planes[count++], trace.normal, sizeof trace.normal);
    for (int i = 0; i < count; i++) {
      if (dot(body->velocity, planes[i]) < 0) clip(body->velocity, planes[i]);
    }
    for (int i = 0; i < count; i++) {
      if (dot(body->velocity, planes[i]) < -0.1f) memset(body->velocity, 0, sizeof body->velocity);
    }
  }
}

/* On the ground a step's height is climbed, where that leads farther. */
static void walk(const struct map *map, struct body *body, float seconds) {
  struct body low = *body, high = *body;
  slide(map, &low, seconds);
  float up[3] = {body->origin[0], body->origin[1], body->origin[2] + STEP};
  struct map_trace trace = map_trace(map, HULL_PLAYER, body->origin, up);
  memcpy(high.origin, trace.end, sizeof high.origin);
  slide(map, &high, seconds);
  float down[3] = {high.origin[0], high.origin[1], high.origin[2] - STEP};
  trace = map_trace(map, HULL_PLAYER, high.origin, down);
  if (!trace.started_solid) memcpy(high.origin, trace.end, sizeof high.origin);
  float low_way = hypotf(low.origin[0] - body->origin[0], low.origin[1] - body->origin[1]);
  float high_way = hypotf(high.origin[0] - body->origin[0], high.origin[1] - body->origin[1]);
  bool floor = trace.fraction == 1 || trace.normal[2] >= FLOOR_Z;
  if (!floor || low_way >= high_way) *body = low;
  else {
    high.velocity[2] = low.velocity[2];
    *body = high;
  }
}

static void find_ground(const struct map *map, struct body *body) {
  float below[3] = {body->origin[0], body->origin[1], body->origin[2] - 1};
  struct map_trace trace = map_trace(map, HULL_PLAYER, body->origin, below);
  body->on_ground = body->velocity[2] <= 180 && trace.fraction < 1 && trace.normal[2] >= FLOOR_Z;
  if (body->on_ground && !trace.started_solid) memcpy(body->origin, trace.end, sizeof body->origin);
}

static void friction(const struct map *map, const struct server_physics *rules, struct body *body, float seconds) {
  float speed = sqrtf(dot(body->velocity, body->velocity)), much = rules->friction;
  if (speed < 1) {
    body->velocity[0] = body->velocity[1] = 0;
    return;
  }
  if (!body->on_ground) return;
  /* At an edge it is twice as much. */
  float ahead[3], below[3];
  add(ahead, body->origin, body->velocity, 16 / speed);
  ahead[2] = body->origin[2];
  memcpy(below, ahead, sizeof below);
  below[2] -= 34;
  if (map_trace(map, HULL_PLAYER, ahead, below).fraction == 1) much *= 2;
  float control = speed < rules->stop_speed ? rules->stop_speed : speed;
  float left = speed - control * much * seconds;
  add(body->velocity, (float[3]){0}, body->velocity, left > 0 ? left / speed : 0);
}

/* Faster along the wish, up to `most` in that direction. */
static void accelerate(struct body *body, const float wish[3], float most, float speed, float rate, float seconds) {
  float missing = most - dot(body->velocity, wish), gain = rate * seconds * speed;
  if (missing > 0) add(body->velocity, body->velocity, wish, gain < missing ? gain : missing);
}

static void part(const struct map *map, const struct server_physics *rules, const struct move *move, struct body *body,
                 float seconds) {
  float forward[3], right[3], wish[3];
  /* Looking up or down does not slow a walk down. */
  physics_directions((float[]){0, move->angles[1], 0}, forward, right, 0);
  find_ground(map, body);
  bool jump = move->buttons & BUTTON_JUMP;
  if (jump && !body->jump_held && body->on_ground) {
    body->on_ground = false;
    body->velocity[2] += JUMP;
  }
  body->jump_held = jump;
  friction(map, rules, body, seconds);
  for (int axis = 0; axis < 3; axis++) wish[axis] = forward[axis] * move->forward + right[axis] * move->side;
  wish[2] = 0;
  float speed = sqrtf(dot(wish, wish));
  if (speed > 0) add(wish, (float[3]){0}, wish, 1 / speed);
  if (speed > rules->max_speed) speed = rules->max_speed;
  if (body->on_ground) {
    body->velocity[2] = 0;
    accelerate(body, wish, speed, speed, rules->accelerate, seconds);
    walk(map, body, seconds);
  } else {
    accelerate(body, wish, speed < AIR_WISH ? speed : AIR_WISH, speed, rules->accelerate, seconds);
    body->velocity[2] -= rules->gravity * rules->entity_gravity * seconds;
    slide(map, body, seconds);
  }
  find_ground(map, body);
}

void physics_move(const struct map *map, const struct server_physics *rules, const struct move *move,
                  struct body *body) {
  int left = move->milliseconds;
  if (left > LONGEST_PART_MS) {
    part(map, rules, move, body, (float)(left / 2) / 1000);
    left -= left / 2;
  }
  part(map, rules, move, body, (float)left / 1000);
}
