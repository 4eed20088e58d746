/*
 * appraise: may this chain be believed, under the policy of a `trust` disk? Prints the nine checks, one a line, what the
 * layers are, and the verdict; ends with 0 if it is accepted and with 1 if not. Keeps nothing and asks nobody.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "appraise/appraise.h"
#include "appraise/pemread.h"
#include "appraise/trust.h"
#include "options.h"

static const char help[] =
    "usage: appraise --trust FILE [OPTION VALUE]...\n"
    "Appraises a chain of certificates, and the signature over a nonce that came with it.\n\n"
    "  --trust FILE        a trust disk, or the text on it\n"
    "  --role NAME         whose policy (what all roles have in common)\n"
    "  --certificate FILE  PEM; five times, the VM's first, the chip's last\n"
    "  --vendor FILE       PEM, a vendor's certificate; any number up to 32\n"
    "  --nonce HEX         64 digits, the verifier's nonce, and\n"
    "  --signature FILE    the answer to it; or\n"
    "  --use tls           no signature: a TLS handshake has shown who holds the key\n"
    "  --time SECONDS      since 1970 (now)\n";

enum { FILES_LIMIT = EVIDENCE_CERTIFICATES + VENDORS_LIMIT + 4 };

/* One more than is read, so that what is too many is refused by the appraisal. */
static const char *certificate_files[EVIDENCE_CERTIFICATES + 1], *vendor_files[VENDORS_LIMIT + 1];
static struct option_list certificates = {.items = certificate_files, .limit = EVIDENCE_CERTIFICATES + 1};
static struct option_list vendors = {.items = vendor_files, .limit = VENDORS_LIMIT + 1};

/* All that is read, one file behind the other. */
static uint8_t room[FILES_LIMIT * (PEM_TEXT_LIMIT + 1)];
static size_t room_used;

__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("appraise: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(EXIT_USAGE);
}

/* A file's bytes, up to one more than any certificate's text may have. */
static struct slice load(const char *path) {
  struct slice bytes = {room + room_used, 0};
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) give_up("cannot open %s: %s", path, strerror(errno));
  ssize_t count = 0;
  while (bytes.length <= PEM_TEXT_LIMIT &&
         (count = read(fd, room + room_used, PEM_TEXT_LIMIT + 1 - bytes.length)) > 0) {
    bytes.length += (size_t)count;
    room_used += (size_t)count;
  }
  if (count < 0) give_up("cannot read %s: %s", path, strerror(errno));
  close(fd);
  return bytes;
}

static size_t load_all(const struct option_list *list, struct slice *files) {
  for (int i = 0; i < list->count; i++) files[i] = load(list->items[i]);
  return (size_t)list->count;
}

static int64_t time_ms(const char *text) {
  if (!text) return (int64_t)time(0) * 1000;
  char *end;
  errno = 0;
  long long seconds = strtoll(text, &end, 10);
  if (errno || end == text || *end || seconds < 0 || seconds > 8640000000000) {
    give_up("the time '%s' is not a number of seconds since 1970", text);
  }
  return seconds * 1000;
}

static void print_layers(const struct appraisal *appraisal) {
  for (int i = 0; appraisal->has_layers && i < LAYER_COUNT; i++) {
    const struct appraised_layer *layer = &appraisal->layers[i];
    char digest[DIGEST_DIGITS + 1], vendor[QUOTED_LIMIT], product[QUOTED_LIMIT];
    text_hex(layer->digest, DIGEST_SIZE, digest);
    printf("layer %s %s", layer_names[i], digest);
    if (layer->is_vouched) {
      const struct vouching *by = &layer->vouching;
      printf(" %s %s %s", text_quoted((struct slice){(const uint8_t *)by->vendor, by->vendor_length}, vendor),
             text_quoted((struct slice){(const uint8_t *)by->product, by->product_length}, product), by->version);
    }
    putchar('\n');
  }
}

static void print_checks(const struct appraisal *appraisal) {
  int fault = appraisal_fault(appraisal);
  for (int check = 0; check < CHECK_COUNT; check++) {
    const char *mark = check < fault ? "passed" : check == fault ? "failed" : "-";
    printf("%s %s: %s\n", mark, check_names[check], appraisal->checks[check].detail);
  }
}

int main(int argc, char **argv) {
  const char *trust_file = 0, *role = 0, *nonce = 0, *signature = 0, *use = 0, *when = 0;
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--trust", .text = &trust_file},
                                       {.name = "--role", .text = &role},
                                       {.name = "--certificate", .list = &certificates},
                                       {.name = "--vendor", .list = &vendors},
                                       {.name = "--nonce", .text = &nonce},
                                       {.name = "--signature", .text = &signature},
                                       {.name = "--use", .text = &use},
                                       {.name = "--time", .text = &when},
                                       {0}},
               0);
  static struct trust trust;
  static struct appraisal appraisal;
  static struct slice chain[EVIDENCE_CERTIFICATES + 1], vouchers[VENDORS_LIMIT + 1];
  struct evidence evidence = {.use = LEAF_EVIDENCE, .is_pem = 1, .chain = chain, .vendors = vouchers};
  struct why why;
  if (!trust_file) give_up("--trust FILE is missing");
  if (use && strcmp(use, "tls") != 0) give_up("--use '%s': only tls can be said", use);
  if (use) {
    if (nonce || signature) give_up("with --use tls, there is neither nonce nor signature");
    evidence.use = LEAF_TLS;
  } else {
    if (!nonce || !text_digest((struct slice){(const uint8_t *)nonce, strlen(nonce)}, evidence.nonce)) {
      give_up("--nonce has to be given, 64 lower-case digits");
    }
    if (!signature) give_up("--signature FILE is missing");
    evidence.signature = load(signature);
  }
  if (!trust_read(&trust, trust_file, role, &why)) give_up("%s", why.text);
  evidence.chain_count = load_all(&certificates, chain);
  evidence.vendor_count = load_all(&vendors, vouchers);
  appraise(&trust.policy, &evidence, time_ms(when), &appraisal);
  print_checks(&appraisal);
  print_layers(&appraisal);
  int fault = appraisal_fault(&appraisal);
  if (fault == CHECK_COUNT) {
    puts("accepted");
  } else {
    printf("refused at %s\n", check_names[fault]);
  }
  return fault == CHECK_COUNT ? EXIT_DONE : EXIT_REFUSED;
}
