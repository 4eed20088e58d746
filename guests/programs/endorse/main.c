/*
 * endorse: sends one certificate request to the TVMM and prints the reply, the certificate chain in PEM.
 * Makes key and request itself unless given a request, which it then sends as it is, well-formed or not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "com2.h"
#include "csr.h"
#include "key.h"
#include "options.h"
#include "pem.h"

static const char help[] =
    "usage: endorse [--data TEXT] [--key-out FILE] [--csr-out FILE] [--device PATH] [--patience MS] [FILE.csr]\n"
    "Asks the TVMM to endorse a key of this box and prints the certificate chain (PEM), leaf first.\n\n"
    "  --data TEXT     application data, at most 4096 bytes: 'tls:...' makes a TLS certificate, 'evidence:...' an\n"
    "                  evidence certificate, anything else one that is good for neither\n"
    "  --key-out FILE  write the private key (PEM), readable by its owner only\n"
    "  --csr-out FILE  write the certificate request (DER)\n"
    "  --device PATH   attestation device or socket (attestd's socket, or else " COM2_DEVICE ")\n"
    "  --patience MS   how long the reply may take (15000)\n"
    "  FILE.csr        send this request (PKCS#10, DER or PEM; - is standard input); makes no key\n\n"
    "Ends with 0; 1: the TVMM refused; 2: wrong usage; 3: no device, or no proper reply.\n";

__attribute__((noreturn)) static void die(int code, const char *what, const char *why) {
  fprintf(stderr, "endorse: %s: %s\n", what, why);
  exit(code);
}

/* A request from a file: PEM becomes DER, anything else is sent as it is. */
static size_t read_request(const char *path, uint8_t *request) {
  static uint8_t file[FRAME_BODY_LIMIT + 1];
  FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!in) die(EXIT_USAGE, path, strerror(errno));
  size_t length = fread(file, 1, sizeof file, in);
  if (ferror(in)) die(EXIT_USAGE, path, strerror(errno));
  if (in != stdin) fclose(in);
  if (length > FRAME_BODY_LIMIT) die(EXIT_USAGE, path, "longer than the 65536 bytes that a request may have");
  if (length >= 5 && memcmp(file, "-----", 5) == 0) {
    size_t der_length = pem_first(file, length, request, FRAME_BODY_LIMIT);
    if (der_length == 0) die(EXIT_USAGE, path, "begins like PEM, but holds no whole PEM block");
    return der_length;
  }
  memcpy(request, file, length);
  return length;
}

static void write_file(const char *path, const void *bytes, size_t length, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0 || fchmod(fd, mode) != 0) die(EXIT_USAGE, path, strerror(errno));
  if (write(fd, bytes, length) != (ssize_t)length || close(fd) != 0) die(EXIT_USAGE, path, strerror(errno));
}

static size_t make_request(const char *data, const char *key_path, uint8_t *request) {
  struct key key;
  if (strlen(data) > CSR_DATA_LIMIT) die(EXIT_USAGE, "--data", "longer than 4096 bytes");
  if (key_make(&key) != 0) die(EXIT_DEVICE, "cannot make a key", "the kernel gives no randomness");
  size_t length = csr_make(&key, data, strlen(data), request);
  if (length == 0) die(EXIT_DEVICE, "cannot make a request", "signing it failed");
  if (key_path) {
    char pem[KEY_PEM_LIMIT];
    write_file(key_path, pem, key_pem(&key, pem), 0600);
  }
  return length;
}

int main(int argc, char **argv) {
  const char *data = 0, *key_path = 0, *csr_path = 0, *device = 0, *file = 0;
  int patience_ms = COM2_PATIENCE_MS;
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--data", .text = &data},
                                       {.name = "--key-out", .text = &key_path},
                                       {.name = "--csr-out", .text = &csr_path},
                                       {.name = "--device", .text = &device},
                                       {.name = "--patience", .number = &patience_ms},
                                       {0}},
               &file);
  if (file && (data || key_path)) die(EXIT_USAGE, file, "a given request has its key and data already");

  static uint8_t request[FRAME_BODY_LIMIT];
  size_t length = file ? read_request(file, request) : make_request(data ? data : "", key_path, request);
  if (csr_path) write_file(csr_path, request, length, 0644);

  static struct line line;
  enum line_result result = device ? line_open(&line, device, patience_ms) : com2_open_any(&line, patience_ms);
  if (result == LINE_OK) result = line_request(&line, "ENDORSE", request, length);
  line_close(&line);
  if (result == LINE_REFUSED) die(EXIT_REFUSED, "refused", line.error);
  if (result != LINE_OK) die(EXIT_DEVICE, "no reply", line.error);
  fwrite(line.frame.body, 1, line.frame.length, stdout);
  return fflush(stdout) == 0 ? EXIT_DONE : EXIT_DEVICE;
}
