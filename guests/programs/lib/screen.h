/*
 * A text screen of 80 x 25 cells: drawn in memory, and shown by sending the terminal what differs from what it shows.
 * Plain ASCII and one horizontal rule, which every VGA font has (CP437 0xC4).
 */
#ifndef TERRA_SCREEN_H
#define TERRA_SCREEN_H

enum { SCREEN_COLUMNS = 80, SCREEN_ROWS = 25 };

enum ink { INK_PLAIN, INK_FAINT, INK_BRIGHT, INK_BLOCK /* a cell filled with the foreground's grey */ };

/* Makes the terminal ours: no echo, no signals from keys, no cursor, empty; the keyboard does nothing at all. */
void screen_open(void);

/* The same for a program that reads what is typed: keys type characters and do nothing else (keyboard.h). */
void screen_open_typed(void);

/* Begins a new picture, all blank. */
void screen_clear(void);

/* Writes text at a row and column (from 0); what lies beyond the right edge is cut. Not ASCII: '?'. */
void screen_put(int row, int column, enum ink ink, const char *text);

/* A horizontal line of so many cells. */
void screen_rule(int row, int column, int length);

/* Sends the differences; 0, or -1 if the terminal is gone. */
int screen_show(void);

#endif
