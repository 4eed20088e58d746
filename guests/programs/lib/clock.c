#define _GNU_SOURCE
#include "clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int clock_left(int64_t deadline_ms) {
  int64_t left = deadline_ms - clock_ms();
  if (left <= 0) return 0;
  return left > INT_MAX ? INT_MAX : (int)left;
}

void clock_sleep(int ms) {
  struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
  nanosleep(&span, 0);
}
