#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "options.h"
#include "screen.h"

/* The grid: title, who the bank is, the nine checks, the dialogue, the keys. */
enum { LEFT = 3, WIDTH = SCREEN_COLUMNS - 2 * LEFT, VALUES = 16 };
enum { ROW_TITLE = 1, ROW_RULE, ROW_BANK = 4, ROW_TRUST, ROW_CHECKS = 7, ROW_WHY = 10, ROW_LINE = 16, ROW_RESULT = 19, ROW_LAST_RULE = 22, ROW_KEYS };
enum { DIALOGUE_LINES = 3 };

static struct party party;
static struct handshake handshake;
static char bank[WIDTH + 1];                      /* what is known of the other end */
static char lines[DIALOGUE_LINES][WIDTH + 1];     /* what was asked and typed */
static char result[WIDTH + 1];
static char keys[WIDTH + 1];

/* The appraiser's only character that is not ASCII is the one that shortens. */
static void plain(const char *text, char *into, size_t size) {
  size_t used = 0;
  while (*text && used + 3 < size) {
    if (strncmp(text, "\xe2\x80\xa6", 3) == 0) {
      into[used++] = '.';
      into[used++] = '.';
      text += 3;
    } else {
      into[used++] = *text++;
    }
  }
  into[used] = 0;
}

/* Text over several rows, cut between words; no more rows than up to `last`. */
static void put_wrapped(int row, int last, const char *text) {
  char line[WIDTH + 1];
  while (*text && row <= last) {
    size_t length = strlen(text);
    if (length > WIDTH) {
      length = WIDTH;
      while (length > 0 && text[length] != ' ') length--;
      if (length == 0) length = WIDTH;
    }
    memcpy(line, text, length);
    line[length] = 0;
    screen_put(row++, LEFT, INK_PLAIN, line);
    text += length;
    while (*text == ' ') text++;
  }
}

/* The names of the nine checks in the order in which they are made, bright as far as they passed. */
static void draw_checks(void) {
  static const int columns = 5;
  int fault = handshake.was_appraised ? appraisal_fault(&handshake.appraisal) : 0;
  screen_put(ROW_CHECKS, LEFT, INK_PLAIN, fault == CHECK_COUNT ? "All passed" : "Checked");
  for (int check = 0; handshake.was_appraised && check < CHECK_COUNT; check++) {
    int row = ROW_CHECKS + check / columns, column = VALUES + 12 * (check % columns);
    enum ink ink = check < fault ? INK_BRIGHT : check == fault ? INK_BLOCK : INK_FAINT;
    screen_put(row, column, ink, check_names[check]);
  }
}

static void draw(void) {
  char label[40], text[1600];
  screen_clear();
  snprintf(label, sizeof label, "version %s", party.version);
  screen_put(ROW_TITLE, LEFT, INK_BRIGHT, party.product);
  screen_put(ROW_TITLE, LEFT + WIDTH - (int)strlen(label), INK_PLAIN, label);
  screen_rule(ROW_RULE, LEFT, WIDTH);
  screen_put(ROW_BANK, LEFT, INK_PLAIN, "The bank");
  screen_put(ROW_BANK, VALUES, INK_BRIGHT, bank);
  if (party.own.has_trust) {
    char digest[SHORT_DIGEST_LIMIT];
    plain(text_short(party.own.trust, digest), text, sizeof text);
    screen_put(ROW_TRUST, LEFT, INK_PLAIN, "Trust disk");
    screen_put(ROW_TRUST, VALUES, INK_PLAIN, text);
  }
  if (handshake.was_appraised) draw_checks();
  plain(handshake.trouble.text, text, sizeof text);
  put_wrapped(ROW_WHY, ROW_LINE - 2, text);
  for (int i = 0; i < DIALOGUE_LINES; i++) screen_put(ROW_LINE + i, LEFT, INK_PLAIN, lines[i]);
  screen_put(ROW_RESULT, LEFT, INK_BRIGHT, result);
  screen_rule(ROW_LAST_RULE, LEFT, WIDTH);
  screen_put(ROW_KEYS, LEFT, INK_PLAIN, keys);
  if (screen_show() != 0) _exit(EXIT_DEVICE);
}

/* The next key that types something, Enter as '\n', Backspace as '\b'. */
static int next_key(void) {
  for (;;) {
    unsigned char byte;
    ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(EXIT_DEVICE);
    if (byte == '\r' || byte == '\n') return '\n';
    if (byte == 0x7f || byte == '\b') return '\b';
    if (byte >= 0x20 && byte <= 0x7e) return byte;
  }
}

static void wait_for(int key) {
  while (next_key() != key) continue;
}

/* Asks for a line of text, shown as it is typed, or as stars. */
static void ask(int line, const char *label, char *answer, size_t limit, int is_secret) {
  static const char stars[] = "****************************************";
  size_t length = 0;
  for (;;) {
    answer[length] = 0;
    snprintf(lines[line], sizeof lines[line], "%-13s%.*s_", label, (int)length, is_secret ? stars : answer);
    draw();
    int key = next_key();
    if (key == '\b') {
      length -= length > 0;
    } else if (key == '\n') {
      if (length > 0) break;
    } else if (length < limit) {
      answer[length++] = (char)key;
    }
  }
  lines[line][strlen(lines[line]) - 1] = 0;
}

static void forget_dialogue(void) {
  OPENSSL_cleanse(lines, sizeof lines);
  OPENSSL_cleanse(result, sizeof result);
}

/* Sends a request and waits for the answer; 0 if the connection is gone. */
static int say(SSL *tls, const char *request, char answer[MESSAGE_SIZE + 1]) {
  strcpy(keys, "The bank is asked...");
  draw();
  int got = message_send(tls, "%s", request) ? message_receive(tls, answer) : -1;
  if (got == 1) return 1;
  handshake_trouble(tls, got, &handshake.trouble);
  return 0;
}

/* "OK …" or "NO …": nonzero if it is OK; *rest is what follows. */
static int is_ok(const char *answer, const char **rest) {
  *rest = strlen(answer) > 3 ? answer + 3 : "";
  return strncmp(answer, "OK", 2) == 0;
}

static int sign_in(SSL *tls) {
  char name[NAME_LIMIT + 1], pin[PIN_LIMIT + 1], request[MESSAGE_SIZE + 1], answer[MESSAGE_SIZE + 1];
  const char *rest;
  strcpy(keys, "Type, and press Enter");
  for (;;) {
    ask(0, "Name", name, NAME_LIMIT, 0);
    ask(1, "PIN", pin, PIN_LIMIT, 1);
    snprintf(request, sizeof request, "LOGIN %s %s", pin, name);
    OPENSSL_cleanse(pin, sizeof pin);
    int goes_on = say(tls, request, answer);
    OPENSSL_cleanse(request, sizeof request);
    forget_dialogue();
    if (!goes_on) return 0;
    strcpy(keys, "Type, and press Enter");
    if (is_ok(answer, &rest)) {
      snprintf(lines[0], sizeof lines[0], "%-13s%s", "Account of", name);
      return 1;
    }
    snprintf(result, sizeof result, "The bank says: %.50s", rest);
  }
}

static int transfer(SSL *tls) {
  char amount[16], name[NAME_LIMIT + 1], request[MESSAGE_SIZE + 1], answer[MESSAGE_SIZE + 1];
  const char *rest;
  strcpy(keys, "Type, and press Enter");
  result[0] = 0;
  ask(1, "Transfer", amount, 12, 0);
  ask(2, "to", name, NAME_LIMIT, 0);
  snprintf(request, sizeof request, "TRANSFER %s %s", amount, name);
  if (!say(tls, request, answer)) return 0;
  lines[1][0] = lines[2][0] = 0;
  if (is_ok(answer, &rest)) {
    snprintf(result, sizeof result, "Transferred. Your balance: %.24s", rest);
  } else {
    snprintf(result, sizeof result, "Not transferred: %.50s", rest);
  }
  return 1;
}

static int balance(SSL *tls) {
  char answer[MESSAGE_SIZE + 1];
  const char *rest;
  if (!say(tls, "BALANCE", answer)) return 0;
  int ok = is_ok(answer, &rest);
  snprintf(result, sizeof result, "%s: %.50s", ok ? "Your balance" : "The bank says", rest);
  return 1;
}

/* Until the person leaves or the connection ends. */
static void bank_with(SSL *tls) {
  char greeting[MESSAGE_SIZE + 1];
  int got = message_receive(tls, greeting);
  if (got != 1 || strcmp(greeting, "READY") != 0) {
    handshake_trouble(tls, got, &handshake.trouble);
    return;
  }
  if (!sign_in(tls)) return;
  for (;;) {
    strcpy(keys, "1 balance   2 transfer   3 leave");
    draw();
    int key = next_key();
    if (key == '3') return;
    if (key == '1' && !balance(tls)) return;
    if (key == '2' && !transfer(tls)) return;
  }
}

static void describe_bank(void) {
  const struct vouching *by = &handshake.appraisal.layers[LAYER_VM].vouching;
  if (handshake.appraisal.layers[LAYER_VM].is_vouched) {
    snprintf(bank, sizeof bank, "%.15s is %.30s %.10s", party.settings.peer, by->product, by->version);
  } else {
    snprintf(bank, sizeof bank, "%s is on my list", party.settings.peer);
  }
}

static void visit(client_reach *reach) {
  memset(&handshake, 0, sizeof handshake);
  handshake.policy = &party.trust.policy;
  snprintf(bank, sizeof bank, "%s is called...", party.settings.peer);
  strcpy(keys, "Each appraises the other's whole chain; that takes a moment");
  draw();
  SSL *tls = reach(&party, &handshake);
  if (tls) {
    describe_bank();
    bank_with(tls);
    handshake_end(tls);
  }
  forget_dialogue();
  if (!tls) snprintf(bank, sizeof bank, "%s: no connection, nothing was said", party.settings.peer);
  else if (handshake.trouble.text[0]) snprintf(bank, sizeof bank, "%s: the connection has ended", party.settings.peer);
  else snprintf(bank, sizeof bank, "%s: you have left", party.settings.peer);
  strcpy(keys, "Enter calls the bank");
  draw();
  wait_for('\n');
}

int client_main(int argc, char **argv, client_reach *reach) {
  signal(SIGPIPE, SIG_IGN);
  party_options(&party, argc, argv);
  screen_open_typed();
  if (!party_open(&party, &handshake.trouble)) {
    strcpy(bank, "This box cannot work");
    strcpy(keys, "");
    draw();
    for (;;) next_key();
  }
  for (;;) visit(reach);
}
