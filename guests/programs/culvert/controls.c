/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "controls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEVICES = 8, WORD_BITS = 8 * sizeof(unsigned long) };
/* Degrees for each step of the mouse, and a second for each that a key turns by. */
static const float TURN = 0.12f, KEY_TURN = 140, LOOK_S = 1;

struct device {
  int fd;
  char name[16];
};

static struct device devices[DEVICES];
static int device_count;
static double looked_at, read_at;
static bool held[KEY_CNT];

static bool has(const unsigned long *bits, int bit) { return bits[bit / WORD_BITS] >> (bit % WORD_BITS) & 1; }

/* A keyboard one can walk with, or a mouse. */
static bool is_wanted(int fd) {
  unsigned long keys[KEY_CNT / WORD_BITS + 1] = {0}, axes[REL_CNT / WORD_BITS + 1] = {0};
  if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) < 0) return false;
  if (ioctl(fd, EVIOCGBIT(EV_REL, sizeof axes), axes) < 0) memset(axes, 0, sizeof axes);
  bool keyboard = has(keys, KEY_W) && has(keys, KEY_A) && has(keys, KEY_SPACE);
  bool mouse = has(keys, BTN_LEFT) && has(axes, REL_X) && has(axes, REL_Y);
  return keyboard || mouse;
}

static bool is_open(const char *name) {
  for (int i = 0; i < device_count; i++) {
    if (strcmp(devices[i].name, name) == 0) return true;
  }
  return false;
}

static void look_for_devices(void) {
  DIR *folder = opendir("/dev/input");
  if (!folder) return;
  for (struct dirent *entry; device_count < DEVICES && (entry = readdir(folder));) {
    char path[32];
    if (strncmp(entry->d_name, "event", 5) != 0 || strlen(entry->d_name) >= sizeof devices[0].name) continue;
    if (is_open(entry->d_name)) continue;
    snprintf(path, sizeof path, "/dev/input/%.15s", entry->d_name);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) continue;
    struct device *device = &devices[device_count++];
    device->fd = fd;
    snprintf(device->name, sizeof device->name, "%s", entry->d_name);
    if (is_wanted(fd)) continue;
    /* Kept in the list, so that it is not asked again. */
    close(fd);
    device->fd = -1;
  }
  closedir(folder);
}

static void press(int key, struct intent *intent) {
  if (key >= KEY_1 && key <= KEY_8) intent->impulse = key - KEY_1 + 1;
  if (key == KEY_F2) intent->toggle_bot = !intent->toggle_bot;
  if (key == KEY_F3) intent->toggle_speeds = !intent->toggle_speeds;
  /* Shorter than a frame is long: it counts nevertheless. */
  if (key == KEY_SPACE) intent->jump = true;
  if (key == BTN_LEFT || key == KEY_LEFTCTRL || key == KEY_RIGHTCTRL) intent->attack = true;
}

static void take(const struct input_event *event, struct intent *intent) {
  enum { RELEASED, PRESSED };
  if (event->type == EV_KEY && event->code < KEY_CNT) {
    if (event->value == PRESSED) press(event->code, intent);
    held[event->code] = event->value != RELEASED;
  } else if (event->type == EV_REL && event->code == REL_X) {
    intent->yaw -= (float)event->value * TURN;
  } else if (event->type == EV_REL && event->code == REL_Y) {
    intent->pitch += (float)event->value * TURN;
  } else if (event->type == EV_SYN && event->code == SYN_DROPPED) {
    /* Some were lost, releases perhaps. */
    memset(held, 0, sizeof held);
  }
}

/* False if the device is gone. */
static bool read_device(const struct device *device, struct intent *intent) {
  struct input_event events[32];
  for (;;) {
    ssize_t size = read(device->fd, events, sizeof events);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    for (size_t i = 0; i < (size_t)size / sizeof *events; i++) take(&events[i], intent);
  }
}

static bool any(int one, int other) { return held[one] || held[other]; }

void controls_read(double now, struct intent *intent) {
  *intent = (struct intent){0};
  if (looked_at == 0 || now - looked_at >= LOOK_S) {
    looked_at = now;
    look_for_devices();
  }
  for (int i = 0; i < device_count; i++) {
    if (devices[i].fd < 0 || read_device(&devices[i], intent)) continue;
    close(devices[i].fd);
    devices[i] = devices[--device_count];
    memset(held, 0, sizeof held);
  }
  float passed = read_at > 0 && now - read_at < 0.2 ? (float)(now - read_at) : 0;
  read_at = now;
  intent->forward = any(KEY_W, KEY_UP) - any(KEY_S, KEY_DOWN);
  intent->side = held[KEY_D] - held[KEY_A];
  intent->yaw += (float)(held[KEY_LEFT] - held[KEY_RIGHT]) * KEY_TURN * passed;
  intent->attack |= held[BTN_LEFT] || any(KEY_LEFTCTRL, KEY_RIGHTCTRL);
  intent->jump |= held[KEY_SPACE];
  intent->scores = held[KEY_TAB];
}
