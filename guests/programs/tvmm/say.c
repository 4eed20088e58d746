#define _GNU_SOURCE
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"

static int called;

/* Whether this is the file to which calls are traced already, as for a script whose output is kept in it. */
static int is_trace(int fd) {
  const char *path = getenv("TVMM_TRACE");
  struct stat one, other;
  return called && path && fstat(fd, &one) == 0 && stat(path, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

/* Adds to a file that the environment names. That it cannot be written is no reason not to do what was asked for. */
static void append(const char *variable, const char *text, size_t length) {
  const char *path = getenv(variable);
  int fd = called && path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
  if (fd < 0) return;
  ssize_t ignored = write(fd, text, length);
  (void)ignored;
  close(fd);
}

/* Each line two blanks further in than the call that it answers. */
static void trace(const char *text, size_t length) {
  if (!called || !getenv("TVMM_TRACE")) return;
  char *indented;
  size_t size;
  FILE *out = open_memstream(&indented, &size);
  if (!out) return;
  for (const char *end = text + length; text < end;) {
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    if (!stop) stop = end;
    fprintf(out, "  %.*s\n", (int)(stop - text), text);
    text = stop + 1;
  }
  if (fclose(out) == 0) append("TVMM_TRACE", indented, size);
  free(indented);
}

/* A word as a shell would have to read it. */
static void put_word(FILE *out, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+";
  if (*word != 0 && word[strspn(word, plain)] == 0) {
    fputs(word, out);
    return;
  }
  putc('\'', out);
  for (; *word; word++) {
    if (*word == '\'') fputs("'\\''", out);
    else putc(*word, out);
  }
  putc('\'', out);
}

void say_call(char **words) {
  called = 1;
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out) return;
  fputs("+ tvmm", out);
  for (; *words; words++) {
    putc(' ', out);
    put_word(out, *words);
  }
  putc('\n', out);
  if (fclose(out) == 0) append("TVMM_TRACE", text, size);
  free(text);
}

void say(const char *text, size_t length) {
  if (!is_trace(STDOUT_FILENO)) fwrite(text, 1, length, stdout);
  trace(text, length);
}

void say_id(const char *id) {
  char line[80];
  say(line, (size_t)snprintf(line, sizeof line, "%.78s\n", id));
}

void die(int code, const char *format, ...) {
  char text[1200];
  int used = snprintf(text, sizeof text, "tvmm: ");
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + used, sizeof text - (size_t)used, format, arguments);
  va_end(arguments);
  fflush(stdout);
  if (!is_trace(STDERR_FILENO)) fprintf(stderr, "%s\n", text);
  trace(text, strlen(text));
  append("TVMM_COUNT", "refused\n", 8);
  exit(code);
}

void say_done(void) {
  if (fflush(stdout) != 0 || ferror(stdout)) die(EXIT_USAGE, "cannot write the answer: %s", strerror(errno));
  append("TVMM_COUNT", "done\n", 5);
  exit(EXIT_DONE);
}
