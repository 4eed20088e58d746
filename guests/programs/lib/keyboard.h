/*
 * The keyboard of a virtual terminal for a program that reads what a person types. Keys type characters, and nothing else:
 * none prints the kernel's tables, boots, or leads to another terminal. In a terminal of another kind (a test): nothing to do.
 */
#ifndef TERRA_KEYBOARD_H
#define TERRA_KEYBOARD_H

void keyboard_disarm(int fd);

#endif
