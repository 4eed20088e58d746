#include "teller.h"

#include <stdio.h>
#include <string.h>

#include "accounts.h"
#include "attested/handshake.h"
#include "message.h"

enum { TRIES = 3 };

/* Cuts the first word off. */
static char *word(char **rest) {
  char *start = *rest, *blank = strchr(start, ' ');
  if (blank) *blank = 0;
  *rest = blank ? blank + 1 : start + strlen(start);
  return start;
}

static int is_pin(const char *text) {
  size_t length = strlen(text);
  return length >= 4 && length <= PIN_LIMIT && strspn(text, "0123456789") == length;
}

static int is_name(const char *text) {
  size_t length = strlen(text);
  return length >= 1 && length <= NAME_LIMIT && text[0] != ' ' && text[length - 1] != ' ';
}

static int answer_login(SSL *tls, char *rest, struct account **account, void (*log)(const char *)) {
  char *pin = word(&rest);
  *account = is_pin(pin) && is_name(rest) ? account_of(rest, pin) : 0;
  log(*account ? "signs in" : "cannot sign in");
  return *account ? message_send(tls, "OK") : message_send(tls, "NO name and PIN do not go together");
}

static int answer_transfer(SSL *tls, char *rest, struct account *account, void (*log)(const char *)) {
  char text[24];
  long long cents = amount_read(word(&rest));
  const char *why = 0;
  if (cents <= 0) why = "that is no amount";
  if (!why && !is_name(rest)) why = "that is no name";
  long long left = why ? 0 : account_transfer(account, rest, cents);
  if (left == -1) why = "there is not so much money";
  if (left == -2) why = "the bank takes no more accounts";
  log(why ? "asks for a transfer: refused" : "asks for a transfer: done");
  return why ? message_send(tls, "NO %s", why) : message_send(tls, "OK %s", amount_text(left, text));
}

static int answer(SSL *tls, char *request, struct account **account, void (*log)(const char *)) {
  char *rest = request, *verb = word(&rest), text[24];
  if (strcmp(verb, "LOGIN") == 0) return answer_login(tls, rest, account, log);
  if (!*account) return message_send(tls, "NO nobody has signed in");
  if (strcmp(verb, "BALANCE") == 0) {
    log("asks for the balance: told");
    return message_send(tls, "OK %s", amount_text(account_balance(*account), text));
  }
  if (strcmp(verb, "TRANSFER") == 0) return answer_transfer(tls, rest, *account, log);
  return message_send(tls, "NO the bank does not know this request");
}

void teller_serve(SSL *tls, void (*log)(const char *line)) {
  char request[MESSAGE_SIZE + 1];
  struct account *account = 0;
  int failures = 0, goes_on = message_send(tls, "READY");
  while (goes_on && failures < TRIES) {
    int got = message_receive(tls, request);
    if (got == -2) log("sends something that is no request");
    if (got <= 0) break;
    int was_login = strncmp(request, "LOGIN ", 6) == 0;
    goes_on = answer(tls, request, &account, log);
    failures += was_login && !account;
  }
  OPENSSL_cleanse(request, sizeof request);
  log("leaves");
}
