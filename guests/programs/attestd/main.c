/*
 * attestd: the agent of a closed box. Makes an evidence key at each start, has the TVMM endorse it, and from then on
 * answers the TVMM's CHALLENGE with evidence. Lends the line to the box's other programs in between.
 *
 * The evidence key signs evidence and nothing else, and never leaves this process. Nothing that comes over the line
 * ends the program: it complains (on stderr), resets the line, and goes on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "broker.h"
#include "clock.h"
#include "com2.h"
#include "csr.h"
#include "evidence.h"
#include "identity.h"
#include "key.h"
#include "options.h"
#include "status.h"

enum { FIRST_RETRY_MS = 100, LAST_RETRY_MS = 60000, CHALLENGE_PATIENCE_MS = 5000, REOPEN_MS = 100 };

static const char help[] =
    "usage: attestd [OPTION VALUE]...\n"
    "Keeps an endorsed evidence key and answers the TVMM's challenges with it. Does not end.\n\n"
    "  --device PATH     attestation device, or a socket that speaks its protocol (" COM2_DEVICE ")\n"
    "  --data TEXT       application data of the certificate (evidence:attestd)\n"
    "  --socket PATH     where other programs ask for ENDORSE and GET-ID (" COM2_SOCKET ")\n"
    "  --status PATH     file that tells identity and endorsement (/run/terra/status)\n"
    "  --renew SECONDS   age at which a certificate is replaced (43200)\n"
    "  --patience MS     how long a reply may take (15000)\n";

struct options {
  const char *device, *data, *socket, *status;
  int renew_s, patience_ms;
};

struct agent {
  struct options options;
  struct line line;
  struct key key;
  struct endorsement endorsement;
  struct status status;
  int64_t endorsed_ms; /* clock_ms() of the endorsement */
  int64_t retry_at_ms;
  int retry_ms;
};

/* One write a line, since each write to the kernel's log is a record of its own. */
__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  int used = snprintf(text, sizeof text, "attestd: ");
  vsnprintf(text + used, sizeof text - (size_t)used - 1, format, arguments);
  va_end(arguments);
  dprintf(STDERR_FILENO, "%s\n", text);
}

static void publish(struct agent *agent) {
  if (status_write(&agent->status, agent->options.status) != 0) {
    complain("cannot write %s: %s", agent->options.status, strerror(errno));
  }
}

/* A line that cannot be opened is complained about once, not at every try. */
static void reset_line(struct agent *agent) {
  int was_open = agent->line.fd >= 0;
  if (line_reset(&agent->line) != LINE_OK && was_open) complain("%s", agent->line.error);
}

/* Something failed: say so, begin anew on the line, and wait longer each time. */
static void back_off(struct agent *agent, const char *doing, const char *why) {
  complain("%s: %s; next try in %d ms", doing, why, agent->retry_ms);
  snprintf(agent->status.trouble, sizeof agent->status.trouble, "%s: %.200s", doing, why);
  publish(agent);
  reset_line(agent);
  agent->retry_at_ms = clock_ms() + agent->retry_ms;
  agent->retry_ms = agent->retry_ms * 2 < LAST_RETRY_MS ? agent->retry_ms * 2 : LAST_RETRY_MS;
}

/* By both clocks: one stands still while the box is suspended, the other may be set. */
static int needs_endorsement(const struct agent *agent) {
  if (!agent->endorsement.valid) return 1;
  time_t now = time(0);
  return clock_ms() - agent->endorsed_ms >= (int64_t)agent->options.renew_s * 1000 ||
         now - agent->status.endorsed >= agent->options.renew_s;
}

static int endorse(struct agent *agent) {
  static uint8_t csr[CSR_LIMIT];
  size_t length = csr_make(&agent->key, agent->options.data, strlen(agent->options.data), csr);
  if (length == 0) {
    back_off(agent, "ENDORSE", "the application data is longer than a request may hold");
    return -1;
  }
  if (line_request(&agent->line, "ENDORSE", csr, length) != LINE_OK) {
    back_off(agent, "ENDORSE", agent->line.error);
    return -1;
  }
  const char *wrong =
      endorsement_take(&agent->endorsement, &agent->key, agent->line.frame.body, agent->line.frame.length);
  if (wrong) {
    back_off(agent, "ENDORSE", wrong);
    return -1;
  }
  agent->endorsed_ms = clock_ms();
  agent->status.endorsed = time(0);
  return 0;
}

static int ask_identity(struct agent *agent) {
  if (line_request(&agent->line, "GET-ID", "", 0) != LINE_OK) {
    back_off(agent, "GET-ID", agent->line.error);
    return -1;
  }
  if (identity_read(agent->line.frame.body, agent->line.frame.length, agent->status.identity) != 0) {
    back_off(agent, "GET-ID", "the reply is not 64 hexadecimal digits and a line feed");
    return -1;
  }
  return 0;
}

static int has_work(const struct agent *agent) { return needs_endorsement(agent) || !agent->status.identity[0]; }

static void work(struct agent *agent) {
  if (!has_work(agent) || clock_left(agent->retry_at_ms) > 0) return;
  if (needs_endorsement(agent) && endorse(agent) != 0) return;
  if (!agent->status.identity[0] && ask_identity(agent) != 0) return;
  agent->retry_ms = FIRST_RETRY_MS;
  agent->status.trouble[0] = 0;
  publish(agent);
}

/* Without a certificate there is nothing to answer with yet; the challenge is kept until there is. */
static int can_answer(const struct agent *agent) {
  return agent->line.challenged && (agent->endorsement.valid || agent->line.nonce_length != LINE_NONCE_SIZE);
}

static void answer_challenge(struct agent *agent) {
  static uint8_t body[FRAME_BODY_LIMIT];
  char why[128] = "";
  size_t length = 0;
  agent->line.challenged = 0;
  if (agent->line.nonce_length != LINE_NONCE_SIZE) {
    snprintf(why, sizeof why, "a nonce has %d bytes, this one has %zu", LINE_NONCE_SIZE, agent->line.nonce_length);
  } else {
    length = evidence_make(&agent->endorsement, &agent->key, agent->line.nonce, body);
    if (length == 0) snprintf(why, sizeof why, "the evidence is larger than %d bytes", FRAME_BODY_LIMIT);
  }
  enum line_result sent = length > 0 ? line_send(&agent->line, "OK", body, length)
                                     : line_send(&agent->line, "ERR", why, strlen(why));
  if (sent != LINE_OK) {
    complain("CHALLENGE: %s", agent->line.error);
    reset_line(agent);
  } else if (length > 0) {
    agent->status.challenges++;
    publish(agent);
  } else {
    complain("CHALLENGE refused: %s", why);
  }
}

/* Something came that nobody asked for: a CHALLENGE, or noise. */
static void listen_to_line(struct agent *agent) {
  enum line_result result = line_receive(&agent->line, clock_ms() + CHALLENGE_PATIENCE_MS);
  if (result == LINE_OK && strcmp(agent->line.frame.word, "CHALLENGE") == 0) {
    line_keep_challenge(&agent->line);
    return;
  }
  if (result == LINE_OK) {
    complain("'%s' came although nothing was asked", agent->line.frame.word);
  } else {
    complain("%s", agent->line.error);
  }
  reset_line(agent);
}

static int wait_ms(const struct agent *agent) {
  if (has_work(agent)) return clock_left(agent->retry_at_ms);
  int64_t age_ms = clock_ms() - agent->endorsed_ms;
  int64_t left_ms = (int64_t)agent->options.renew_s * 1000 - age_ms;
  return left_ms > 60000 ? 60000 : left_ms < 1 ? 1 : (int)left_ms;
}

static void serve(struct agent *agent, int listener) {
  for (;;) {
    if (agent->line.fd < 0) {
      clock_sleep(REOPEN_MS);
      reset_line(agent);
      continue;
    }
    work(agent);
    if (can_answer(agent)) {
      answer_challenge(agent);
      continue;
    }
    if (line_has_more(&agent->line)) {
      listen_to_line(agent);
      continue;
    }
    if (agent->line.fd < 0) continue;
    struct pollfd sources[2] = {{.fd = agent->line.fd, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    if (poll(sources, 2, wait_ms(agent)) <= 0) continue;
    if (sources[0].revents) listen_to_line(agent);
    if (sources[1].revents && broker_serve(listener, &agent->line) != LINE_OK) {
      complain("a local program's request failed: %s", agent->line.error);
      reset_line(agent);
    }
  }
}

/* Directories above a path, as far as they are missing. */
static void make_parents(const char *path) {
  char part[256];
  for (size_t i = 1; path[i] != 0 && i < sizeof part; i++) {
    if (path[i] != '/') continue;
    memcpy(part, path, i);
    part[i] = 0;
    mkdir(part, 0755);
  }
}

int main(int argc, char **argv) {
  static struct agent agent; /* large, so not initialised here: its buffers would lie in the program's file */
  struct options *options = &agent.options;
  *options = (struct options){.device = COM2_DEVICE,
                              .data = "evidence:attestd",
                              .socket = COM2_SOCKET,
                              .status = "/run/terra/status",
                              .renew_s = 12 * 3600,
                              .patience_ms = COM2_PATIENCE_MS};
  agent.retry_ms = FIRST_RETRY_MS;
  options_read(argc, argv, help,
               (struct option_value[]){{.name = "--device", .text = &options->device},
                                       {.name = "--data", .text = &options->data},
                                       {.name = "--socket", .text = &options->socket},
                                       {.name = "--status", .text = &options->status},
                                       {.name = "--renew", .number = &options->renew_s},
                                       {.name = "--patience", .number = &options->patience_ms},
                                       {0}},
               0);
  if (key_make(&agent.key) != 0) {
    complain("cannot make a key: the kernel gives no randomness: %s", strerror(errno));
    return EXIT_DEVICE;
  }
  if (line_open(&agent.line, options->device, options->patience_ms) != LINE_OK) complain("%s", agent.line.error);
  make_parents(options->status);
  make_parents(options->socket);
  /* The endorsement comes first: the box is of no use to anybody before it. */
  if (agent.line.fd >= 0) work(&agent);
  int listener = broker_listen(options->socket);
  if (listener < 0) complain("cannot listen on %s: %s", options->socket, strerror(errno));
  serve(&agent, listener);
}
