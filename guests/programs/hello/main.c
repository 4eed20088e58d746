/*
 * hello: the screen of the small closed box. Says what product this is, which identity the TVMM gave it, whether
 * its evidence key is endorsed, and what time it is. Reads two files and the clock; takes no input.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "digits.h"
#include "identity.h"
#include "keyvalue.h"
#include "options.h"
#include "screen.h"

static const char help[] =
    "usage: hello [--product FILE] [--note FILE] [--status FILE]\n"
    "Shows product, identity, endorsement and a clock on the terminal, 80 x 25. Does not end.\n\n"
    "  --product FILE  lines 'product NAME' and 'version VERSION' (/etc/terra/product)\n"
    "  --note FILE     a line that the maker of this version adds, if there is one (/etc/terra/note)\n"
    "  --status FILE   what attestd writes (/run/terra/status)\n";

/* The grid: a margin, labels, values. */
enum { LEFT = 3, VALUES = 18, WIDTH = SCREEN_COLUMNS - 2 * LEFT };
enum {
  ROW_TITLE = 1,
  ROW_RULE,
  ROW_ABOUT = 4,
  ROW_NOTE,
  ROW_IDENTITY = 7,
  ROW_ENDORSED = 10,
  ROW_CHALLENGES,
  ROW_TROUBLE,
  ROW_CLOCK = 14,
  ROW_DATE = 20,
  ROW_LAST_RULE = 22,
  ROW_FOOT,
};

struct files {
  const char *product, *note, *status;
};

static void draw_product(const struct files *files) {
  char text[KEYVALUE_FILE_LIMIT + 1], product[48], version[20], label[32];
  keyvalue_read(files->product, text);
  keyvalue_get(text, "product", product, sizeof product);
  keyvalue_get(text, "version", version, sizeof version);
  snprintf(label, sizeof label, "version %s", version);
  screen_put(ROW_TITLE, LEFT, INK_BRIGHT, product);
  screen_put(ROW_TITLE, LEFT + WIDTH - (int)strlen(label), INK_PLAIN, label);
  screen_rule(ROW_RULE, LEFT, WIDTH);
  screen_put(ROW_ABOUT, LEFT, INK_PLAIN, "A closed box. Nobody looks inside it, and nobody changes it.");
  keyvalue_read(files->note, text);
  text[strcspn(text, "\n")] = 0;
  screen_put(ROW_NOTE, LEFT, INK_BRIGHT, text);
}

/* 64 digits as two rows of eight groups of four, as the strip above the screen abbreviates them. */
static void draw_identity(const char *identity) {
  screen_put(ROW_IDENTITY, LEFT, INK_PLAIN, "Identity");
  if (strlen(identity) != IDENTITY_DIGITS) {
    screen_put(ROW_IDENTITY, VALUES, INK_PLAIN, "not known yet");
    return;
  }
  for (int group = 0; group < IDENTITY_DIGITS / 4; group++) {
    char digits[5] = {0};
    memcpy(digits, identity + 4 * group, 4);
    screen_put(ROW_IDENTITY + group / 8, VALUES + 5 * (group % 8), INK_BRIGHT, digits);
  }
}

static void draw_status(const char *path) {
  char text[KEYVALUE_FILE_LIMIT + 1], identity[IDENTITY_DIGITS + 1], endorsed[24], challenges[16];
  char trouble[SCREEN_COLUMNS - LEFT - VALUES + 1], when[64] = "not yet";
  keyvalue_read(path, text);
  keyvalue_get(text, "identity", identity, sizeof identity);
  keyvalue_get(text, "endorsed", endorsed, sizeof endorsed);
  keyvalue_get(text, "challenges", challenges, sizeof challenges);
  keyvalue_get(text, "trouble", trouble, sizeof trouble);
  draw_identity(identity);
  if (endorsed[0]) {
    time_t time = strtoll(endorsed, 0, 10);
    struct tm utc;
    if (gmtime_r(&time, &utc)) strftime(when, sizeof when, "endorsed by the TVMM at %H:%M:%S UTC", &utc);
  }
  screen_put(ROW_ENDORSED, LEFT, INK_PLAIN, "Evidence key");
  screen_put(ROW_ENDORSED, VALUES, endorsed[0] ? INK_BRIGHT : INK_PLAIN, when);
  screen_put(ROW_CHALLENGES, LEFT, INK_PLAIN, "Challenges");
  if (strcmp(challenges, "0") == 0 || !challenges[0]) strcpy(challenges, "none");
  screen_put(ROW_CHALLENGES, VALUES, INK_BRIGHT, challenges);
  screen_put(ROW_CHALLENGES, VALUES + (int)strlen(challenges), INK_PLAIN, " answered");
  if (!trouble[0]) return;
  screen_put(ROW_TROUBLE, LEFT, INK_PLAIN, "Trouble");
  screen_put(ROW_TROUBLE, VALUES, INK_BRIGHT, trouble);
}

static void draw_clock(time_t now) {
  struct tm utc;
  char digits[16], text[64];
  gmtime_r(&now, &utc);
  strftime(digits, sizeof digits, "%H:%M:%S", &utc);
  digits_draw(ROW_CLOCK, VALUES, digits);
  strftime(text, sizeof text, "%H:%M:%S UTC, %A, %e %B %Y", &utc);
  screen_put(ROW_CLOCK, LEFT, INK_PLAIN, "Time");
  screen_put(ROW_DATE, VALUES, INK_PLAIN, text);
}

static int draw(const struct files *files) {
  screen_clear();
  draw_product(files);
  draw_status(files->status);
  draw_clock(time(0));
  screen_rule(ROW_LAST_RULE, LEFT, WIDTH);
  screen_put(ROW_FOOT, LEFT, INK_PLAIN, "A screen proves nothing, evidence does: challenge this box.");
  return screen_show();
}

/* Until the clock shows another second. */
static int to_next_second_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int)((1000000000 - now.tv_nsec) / 1000000) + 1;
}

/* Waits for the second's edge, or for a new status file: attestd renames it into its folder. */
static void wait_for_news(int watcher, int *watching, const char *status) {
  if (watcher >= 0 && !*watching) {
    char folder[256];
    snprintf(folder, sizeof folder, "%s", status);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    *watching = inotify_add_watch(watcher, folder, IN_MOVED_TO) >= 0;
  }
  struct pollfd source = {.fd = *watching ? watcher : -1, .events = POLLIN};
  if (poll(&source, 1, to_next_second_ms()) > 0) {
    char events[1024];
    ssize_t ignored = read(watcher, events, sizeof events);
    (void)ignored;
  }
  tcflush(STDIN_FILENO, TCIFLUSH);
}

int main(int argc, char **argv) {
  struct files files = {.product = "/etc/terra/product", .note = "/etc/terra/note", .status = "/run/terra/status"};
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--product", .text = &files.product},
                                       {.name = "--note", .text = &files.note},
                                       {.name = "--status", .text = &files.status},
                                       {0}},
               0);
  int watcher = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), watching = 0;
  screen_open();
  while (draw(&files) == 0) wait_for_news(watcher, &watching, files.status);
  return EXIT_DEVICE;
}
