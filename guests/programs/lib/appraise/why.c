#include "why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void what_text(const struct what *what, char *text, size_t size) {
  size_t used = 0;
  text[0] = 0;
  for (const struct what *part = what; part && used < size; part = part->of) {
    int length = snprintf(text + used, size - used, "%s%s", part == what ? "" : " of ", part->text);
    used += length > 0 ? (size_t)length : 0;
  }
}

int why_not(struct why *why, const struct what *what, const char *format, ...) {
  what_text(what, why->text, sizeof why->text);
  size_t used = strlen(why->text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why->text + used, sizeof why->text - used, format, arguments);
  va_end(arguments);
  return 0;
}

int why_say(struct why *why, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why->text, sizeof why->text, format, arguments);
  va_end(arguments);
  return 0;
}
