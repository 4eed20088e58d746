#include "identity.h"

#include <string.h>

int identity_read(const uint8_t *reply, size_t length, char identity[IDENTITY_DIGITS + 1]) {
  if (length != IDENTITY_DIGITS + 1 || reply[IDENTITY_DIGITS] != '\n') return -1;
  for (int i = 0; i < IDENTITY_DIGITS; i++) {
    if (!((reply[i] >= '0' && reply[i] <= '9') || (reply[i] >= 'a' && reply[i] <= 'f'))) return -1;
  }
  memcpy(identity, reply, IDENTITY_DIGITS);
  identity[IDENTITY_DIGITS] = 0;
  return 0;
}
