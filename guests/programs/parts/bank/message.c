#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int message_send(SSL *tls, const char *format, ...) {
  char message[MESSAGE_SIZE] = {0};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  /* vsnprintf ends with a zero; what it left behind that is what was there, zeros. */
  int sent = SSL_write(tls, message, sizeof message);
  OPENSSL_cleanse(message, sizeof message);
  return sent == MESSAGE_SIZE;
}

int message_receive(SSL *tls, char text[MESSAGE_SIZE + 1]) {
  size_t used = 0;
  while (used < MESSAGE_SIZE) {
    int count = SSL_read(tls, text + used, (int)(MESSAGE_SIZE - used));
    if (count <= 0) return count;
    used += (size_t)count;
  }
  text[MESSAGE_SIZE] = 0;
  size_t length = strlen(text);
  for (size_t i = 0; i < MESSAGE_SIZE; i++) {
    int fits = i < length ? text[i] >= 0x20 && text[i] <= 0x7e : text[i] == 0;
    if (!fits) return -2;
  }
  return 1;
}

long long amount_read(const char *text) {
  long long whole = 0, cents = 0;
  int digits = 0, after = 0;
  for (; *text >= '0' && *text <= '9'; text++, digits++) whole = digits < 9 ? whole * 10 + (*text - '0') : -1;
  if (digits == 0 || digits > 9) return -1;
  if (*text == '.') {
    for (text++; *text >= '0' && *text <= '9'; text++, after++) cents = after < 2 ? cents * 10 + (*text - '0') : -1;
    if (after == 0 || after > 2) return -1;
    if (after == 1) cents *= 10;
  }
  return *text == 0 ? whole * 100 + cents : -1;
}

const char *amount_text(long long cents, char text[24]) {
  snprintf(text, 24, "%lld.%02lld", cents / 100, cents % 100);
  return text;
}
