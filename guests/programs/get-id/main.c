/* get-id: asks the TVMM for this box's own identity and prints its 64 digits. */
#include <stdio.h>
#include <stdlib.h>

#include "com2.h"
#include "identity.h"
#include "options.h"

static const char help[] =
    "usage: get-id [--device PATH] [--patience MS]\n"
    "Prints the identity of this box as the TVMM measured it: SHA-256 of its descriptor, 64 hexadecimal digits.\n\n"
    "  --device PATH   attestation device or socket (attestd's socket, or else " COM2_DEVICE ")\n"
    "  --patience MS   how long the reply may take (15000)\n\n"
    "Ends with 0; 1: the TVMM refused; 2: wrong usage; 3: no device, or no proper reply.\n";

int main(int argc, char **argv) {
  const char *device = 0;
  int patience_ms = COM2_PATIENCE_MS;
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--device", .text = &device},
                                       {.name = "--patience", .number = &patience_ms},
                                       {0}},
               0);
  static struct com2 com2;
  enum com2_result result = device ? com2_open(&com2, device, patience_ms) : com2_open_any(&com2, patience_ms);
  if (result == COM2_OK) result = com2_request(&com2, "GET-ID", "", 0);
  com2_close(&com2);
  if (result != COM2_OK) {
    fprintf(stderr, "get-id: %s: %s\n", result == COM2_REFUSED ? "refused" : "no reply", com2.error);
    return result == COM2_REFUSED ? EXIT_REFUSED : EXIT_DEVICE;
  }
  char identity[IDENTITY_DIGITS + 1];
  if (identity_read(com2.frame.body, com2.frame.length, identity) != 0) {
    fprintf(stderr, "get-id: no identity: the reply, %zu bytes, is not 64 hexadecimal digits and a line feed\n",
            com2.frame.length);
    return EXIT_DEVICE;
  }
  puts(identity);
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_DEVICE;
}
