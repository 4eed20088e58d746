/* Starts a program from PID 1: in a session of its own, with clean signals, on the terminal that it is given. */
#ifndef TERRA_PROCESS_H
#define TERRA_PROCESS_H

#include <sys/types.h>

/* Of a program that could not be executed, as in a shell. */
enum { PROCESS_NOT_STARTED = 127 };

/*
 * terminal: below /dev or an absolute path; it becomes the controlling terminal, so that Ctrl-C reaches the program.
 * "-": no terminal; input is empty, output is dropped, errors go to the kernel's log. 0: the console, output only.
 */
pid_t process_start(const char *terminal, char *const words[]);

#endif
