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
  static struct line line;
  enum line_result result = device ? line_open(&line, device, patience_ms) : com2_open_any(&line, patience_ms);
  if (result == LINE_OK) result = line_request(&line, "GET-ID", "", 0);
  line_close(&line);
  if (result != LINE_OK) {
    fprintf(stderr, "get-id: %s: %s\n", result == LINE_REFUSED ? "refused" : "no reply", line.error);
    return result == LINE_REFUSED ? EXIT_REFUSED : EXIT_DEVICE;
  }
  char identity[IDENTITY_DIGITS + 1];
  if (identity_read(line.frame.body, line.frame.length, identity) != 0) {
    fprintf(stderr, "get-id: no identity: the reply, %zu bytes, is not 64 hexadecimal digits and a line feed\n",
            line.frame.length);
    return EXIT_DEVICE;
  }
  puts(identity);
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_DEVICE;
}
