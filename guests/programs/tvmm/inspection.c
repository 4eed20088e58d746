/* Commands that look into open boxes. Memory, pictures and states come in pieces that fit into one reply each. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "com3.h"
#include "command.h"
#include "hexdump.h"
#include "options.h"
#include "say.h"
#include "words.h"

/* Bytes in one piece of memory, each way: a request needs room for its lines as well. */
enum { READ_PIECE = 65536, WRITE_PIECE = 65000 };
#define MEMORY_END 0x100000000ull

/* Standard output for "-". */
static FILE *open_out(const char *path) {
  FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
  if (!out) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
  return out;
}

static void write_out(FILE *out, const char *path, const void *bytes, size_t length) {
  if (fwrite(bytes, 1, length, out) != length) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
}

static void close_out(FILE *out, const char *path) {
  if (out != stdout && fclose(out) != 0) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
}

static void read_memory(const struct command *command, char **words) {
  const char *operands[4], *path = 0;
  words_read(command, words, (struct words_option[]){{.name = "--out", .value = &path}, {0}}, operands, 3, 3);
  uint64_t address = words_number(command, "the address", operands[1], MEMORY_END - 1);
  uint64_t left = words_number(command, "the length", operands[2], MEMORY_END - address);
  FILE *out = path ? open_out(path) : 0;
  while (left > 0) {
    size_t wanted = left < READ_PIECE ? (size_t)left : READ_PIECE, length;
    com3_begin();
    com3_pair("vm", operands[0]);
    com3_number("address", address);
    com3_number("length", wanted);
    const uint8_t *bytes = com3_call("READ-MEMORY", &length);
    if (length != wanted) com3_garbled("READ-MEMORY", "%zu bytes came, not %zu", length, wanted);
    if (out) write_out(out, path, bytes, length);
    else hexdump(address, bytes, length);
    address += length;
    left -= length;
  }
  if (out) close_out(out, path);
  else hexdump_end(address);
}

static void write_piece(const char *vm, uint64_t address, const uint8_t *bytes, size_t length) {
  com3_begin();
  com3_pair("vm", vm);
  com3_number("address", address);
  com3_bytes(bytes, length);
  com3_call("WRITE-MEMORY", &length);
}

/* Pairs of digits, blanks between them as one likes. */
static size_t read_hex(const struct command *command, const char *digits, uint8_t bytes[WRITE_PIECE]) {
  size_t length = 0;
  for (const char *at = digits; *at;) {
    if (isspace((unsigned char)*at)) {
      at++;
      continue;
    }
    char pair[3] = {at[0], at[1], 0}, *end;
    unsigned long byte = strtoul(pair, &end, 16);
    if (!isxdigit((unsigned char)at[0]) || end != pair + 2) {
      words_misused(command, "'%.20s' is no row of bytes like 'de ad be ef'", at);
    }
    if (length == WRITE_PIECE) words_misused(command, "--hex holds %d bytes at most; use --in FILE", WRITE_PIECE);
    bytes[length++] = (uint8_t)byte;
    at += 2;
  }
  return length;
}

static void write_memory(const struct command *command, char **words) {
  static uint8_t bytes[WRITE_PIECE];
  const char *operands[3], *hex = 0, *path = 0;
  words_read(command, words,
             (struct words_option[]){{.name = "--hex", .value = &hex}, {.name = "--in", .value = &path}, {0}}, operands,
             2, 2);
  uint64_t address = words_number(command, "the address", operands[1], MEMORY_END - 1);
  if (hex && path) words_misused(command, "--hex and --in are given both");
  if (hex) {
    write_piece(operands[0], address, bytes, read_hex(command, hex, bytes));
    return;
  }
  if (!path) path = "-";
  FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!in) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
  size_t length;
  while ((length = fread(bytes, 1, sizeof bytes, in)) > 0) {
    if (length > MEMORY_END - address) die(EXIT_USAGE, "%s: there is more than fits behind the address", path);
    write_piece(operands[0], address, bytes, length);
    address += length;
  }
  if (ferror(in)) die(EXIT_USAGE, "%s: %s", path, strerror(errno));
}

/* The line before a piece: how many bytes there are in all. Returns where the piece begins. */
static size_t read_total(const char *verb, const uint8_t *reply, size_t length, uint64_t *total) {
  const uint8_t *end = memchr(reply, '\n', length < 20 ? length : 20);
  if (!end || !isdigit(reply[0]) || reply[strspn((const char *)reply, "0123456789")] != '\n') {
    com3_garbled(verb, "it does not begin with the number of bytes");
  }
  *total = strtoull((const char *)reply, 0, 10);
  return (size_t)(end - reply) + 1;
}

static void show_progress(const char *name, uint64_t got, uint64_t total) {
  static uint64_t shown = UINT64_MAX;
  if (total < 1 << 20 || !isatty(STDERR_FILENO) || (got >> 20 == shown && got < total)) return;
  shown = got >> 20;
  fprintf(stderr, "\r%s: %llu of %llu MiB%s", name, (unsigned long long)got >> 20, (unsigned long long)total >> 20,
          got == total ? "\n" : "");
}

/* A picture or a state, taken at offset 0 and then fetched piece by piece over the one opening of the device. */
static void fetch(const struct command *command, char **words, const char *verb) {
  const char *operands[3];
  words_read(command, words, (struct words_option[]){{0}}, operands, 2, 2);
  FILE *out = 0;
  uint64_t got = 0, total = 0;
  do {
    uint64_t now;
    size_t length;
    com3_begin();
    com3_pair("vm", operands[0]);
    com3_number("offset", got);
    const uint8_t *reply = com3_call(verb, &length);
    size_t from = read_total(verb, reply, length, &now), piece = length - from;
    if (got == 0) {
      total = now;
      out = open_out(operands[1]); /* not before there is something: a refusal leaves an old file alone */
    }
    if (now != total) com3_garbled(verb, "the number of bytes was %llu, then %llu", (unsigned long long)total,
                                   (unsigned long long)now);
    if (piece > total - got || (piece == 0 && got < total)) {
      com3_garbled(verb, "%zu bytes came where %llu were left", piece, (unsigned long long)(total - got));
    }
    write_out(out, operands[1], reply + from, piece);
    got += piece;
    show_progress(command->name, got, total);
  } while (got < total);
  close_out(out, operands[1]);
}

static void screenshot(const struct command *command, char **words) { fetch(command, words, "SCREENSHOT"); }
static void snapshot(const struct command *command, char **words) { fetch(command, words, "SNAPSHOT"); }

static void send_keys(const struct command *command, char **words) {
  const char *operands[3];
  int enter = 0;
  words_read(command, words, (struct words_option[]){{.name = "--enter", .flag = &enter}, {0}}, operands, 2, 2);
  char *text;
  if (asprintf(&text, "%s%s", operands[1], enter ? "\n" : "") < 0) die(EXIT_DEVICE, "out of memory");
  com3_begin();
  com3_pair("vm", operands[0]);
  com3_bytes(text, strlen(text));
  size_t length;
  com3_call("SEND-KEYS", &length);
}

const struct command inspection_commands[] = {
    {"read-memory", "VM ADDRESS LENGTH [--out FILE]",
     "shows an open box's memory\n"
     "Address and length are numbers like 4096, 4K or 0x1000; the address is the box's physical one.\n\n"
     "  --out FILE  writes the bytes there; - is standard output",
     read_memory},
    {"write-memory", "VM ADDRESS (--hex BYTES | --in FILE)",
     "changes an open box's memory\n"
     "  --hex BYTES  like 'de ad be ef'\n"
     "  --in FILE    the bytes in this file; - is standard input, and what is taken if nothing is said",
     write_memory},
    {"screenshot", "VM FILE", "writes a picture (PNG) of an open box's screen; - is standard output", screenshot},
    {"snapshot", "VM FILE",
     "writes an open box's whole state, memory in clear; - is standard output\n"
     "It is larger than the box's memory, and /tmp is not: hand it on, as in\n"
     "  tvmm snapshot pc - | strings | grep secret",
     snapshot},
    {"send-keys", "VM TEXT [--enter]",
     "types on an open box's keyboard\n"
     "  --enter  and the Enter key behind it",
     send_keys},
    {0}};
