/* Time for deadlines: milliseconds that never go back and go on while the machine is suspended. */
#ifndef TERRA_CLOCK_H
#define TERRA_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);

/* What is left until the deadline, for poll(): 0 when it has passed. */
int clock_left(int64_t deadline_ms);

void clock_sleep(int ms);

#endif
