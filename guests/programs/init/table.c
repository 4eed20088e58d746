#include "table.h"

#include <string.h>

static const struct {
  const char *name;
  enum table_verb verb;
  int least, most;
} verbs[] = {
    {"respawn", TABLE_RESPAWN, 2, TABLE_WORDS_LIMIT},
    {"once", TABLE_ONCE, 1, TABLE_WORDS_LIMIT},
    {"mount", TABLE_MOUNT, 3, 4},
    {"cards-up", TABLE_CARDS_UP, 0, 0},
    {"lock-vt", TABLE_LOCK_VT, 0, 0},
};

static void read_line(struct table *table, char *text, int number, void (*report)(const char *format, ...)) {
  char *words[TABLE_WORDS_LIMIT + 2];
  int count = 0;
  char *rest;
  text[strcspn(text, "#")] = 0;
  for (char *word = strtok_r(text, " \t\r", &rest); word; word = strtok_r(0, " \t\r", &rest)) {
    if (count == TABLE_WORDS_LIMIT + 1) {
      report("line %d: more than %d words", number, TABLE_WORDS_LIMIT);
      return;
    }
    words[count++] = word;
  }
  if (count == 0) return;
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
    if (strcmp(words[0], verbs[i].name) != 0) continue;
    if (count - 1 < verbs[i].least || count - 1 > verbs[i].most) {
      report("line %d: %s with %d words; it takes %d to %d", number, words[0], count - 1, verbs[i].least,
             verbs[i].most);
      return;
    }
    if (table->count == TABLE_LINES_LIMIT) {
      report("line %d: more than %d lines", number, TABLE_LINES_LIMIT);
      return;
    }
    struct table_line *line = &table->lines[table->count++];
    line->verb = verbs[i].verb;
    memcpy(line->words, words + 1, (size_t)(count - 1) * sizeof *words);
    line->words[count - 1] = 0;
    return;
  }
  report("line %d: '%s' is none of respawn, once, mount, cards-up, lock-vt", number, words[0]);
}

void table_read(struct table *table, char *text, void (*report)(const char *format, ...)) {
  table->count = 0;
  int number = 1;
  while (text) {
    char *next = strchr(text, '\n');
    if (next) *next++ = 0;
    read_line(table, text, number++, report);
    text = next;
  }
}
