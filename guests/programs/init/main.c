/*
 * init: process 1 of every box. Mounts what programs expect, runs the services of /etc/terra/init and runs them again
 * when they end, and buries orphans. It never ends, whatever its table says: the kernel panics without it.
 *
 * Options are for tests: --table PATH, and --services-only, which mounts nothing and leaves the machine alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"
#include "table.h"

/* A service that ends sooner than this is run again later each time, up to the limit. */
enum { SHORT_LIFE_MS = 2000, FIRST_DELAY_MS = 100, LAST_DELAY_MS = 5000 };

/* linux/vt.h */
enum { VT_LOCKSWITCH = 0x560B };

struct service {
  const char *terminal;
  char *const *words;
  pid_t pid; /* 0: not running */
  int64_t started_ms;
  int64_t due_ms; /* when to run it again */
  int delay_ms;
};

static struct service services[TABLE_LINES_LIMIT];
static size_t service_count;

__attribute__((format(printf, 1, 2))) static void report(const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  dprintf(STDERR_FILENO, "init: %s\n", text);
}

static void mount_or_report(const char *source, const char *target, const char *type, unsigned long flags,
                            const char *options) {
  mkdir(target, 0755);
  /* Busy: it is mounted there already, as the kernel does with /dev. */
  if (mount(source, target, type, flags, options) != 0 && errno != EBUSY) {
    report("cannot mount %s on %s: %s", source, target, strerror(errno));
  }
}

static void mount_all(void) {
  mount_or_report("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
  mount_or_report("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m");
  mount_or_report("tmp", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=16m");
  mount_or_report("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
  mount_or_report("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "");
}

/* 0, or -1 with errno; a card that is not there is ENODEV. */
static int bring_up(const char *name) {
  struct ifreq interface = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(interface.ifr_name, name);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    errno = ENODEV; /* a kernel without network */
    return -1;
  }
  int result = ioctl(fd, SIOCSIFFLAGS, &interface), error = errno;
  close(fd);
  errno = error;
  return result;
}

static void bring_up_loopback(void) {
  if (bring_up("lo") != 0 && errno != ENODEV) report("cannot bring up lo: %s", strerror(errno));
}

static void bring_up_cards(void) {
  char name[IFNAMSIZ];
  for (int number = 0;; number++) {
    snprintf(name, sizeof name, "eth%d", number);
    if (bring_up(name) == 0) continue;
    if (errno != ENODEV) report("cannot bring up %s: %s", name, strerror(errno));
    return;
  }
}

static void lock_virtual_terminals(void) {
  int fd = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || ioctl(fd, VT_LOCKSWITCH, 1) != 0) {
    report("cannot lock the virtual terminals: %s", strerror(errno));
  }
  if (fd >= 0) close(fd);
}

static void start(struct service *service) {
  service->started_ms = clock_ms();
  service->pid = process_start(service->terminal, service->words);
  if (service->pid > 0) return;
  service->pid = 0;
  service->due_ms = service->started_ms + LAST_DELAY_MS;
  report("cannot start %s: %s", service->words[0], strerror(errno));
}

static void ended(struct service *service, int how) {
  int64_t now = clock_ms();
  service->pid = 0;
  if (now - service->started_ms >= SHORT_LIFE_MS) {
    service->delay_ms = 0;
  } else {
    int next = service->delay_ms == 0 ? FIRST_DELAY_MS : service->delay_ms * 2;
    service->delay_ms = next < LAST_DELAY_MS ? next : LAST_DELAY_MS;
  }
  service->due_ms = now + service->delay_ms;
  if (WIFSIGNALED(how)) report("%s was ended by signal %d", service->words[0], WTERMSIG(how));
}

/* Buries one process, if there is one to bury; returns its id. */
static pid_t bury(int options, int *how) {
  pid_t pid = waitpid(-1, how, options);
  for (size_t i = 0; pid > 0 && i < service_count; i++) {
    if (services[i].pid == pid) ended(&services[i], *how);
  }
  return pid;
}

static void run_once(char *const words[]) {
  pid_t child = process_start(0, words);
  int how = 0;
  if (child < 0) {
    report("cannot start %s: %s", words[0], strerror(errno));
    return;
  }
  for (;;) {
    pid_t pid = bury(0, &how);
    if (pid == child) break;
    if (pid < 0 && errno != EINTR) return;
  }
  if (WIFSIGNALED(how)) {
    report("%s was ended by signal %d", words[0], WTERMSIG(how));
  } else if (WEXITSTATUS(how) != 0) {
    report("%s ended with %d", words[0], WEXITSTATUS(how));
  }
}

static void do_line(const struct table_line *line) {
  char *const *words = line->words;
  switch (line->verb) {
    case TABLE_RESPAWN: {
      struct service *service = &services[service_count++];
      *service = (struct service){.terminal = words[0], .words = words + 1};
      start(service);
      break;
    }
    case TABLE_ONCE: run_once(words); break;
    case TABLE_MOUNT: mount_or_report(words[0], words[1], words[2], 0, words[3] ? words[3] : ""); break;
    case TABLE_CARDS_UP: bring_up_cards(); break;
    case TABLE_LOCK_VT: lock_virtual_terminals(); break;
  }
}

static void read_table(const char *path, char text[TABLE_TEXT_LIMIT]) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t count = fd < 0 ? -1 : read(fd, text, TABLE_TEXT_LIMIT - 1);
  if (count < 0) report("cannot read %s: %s", path, strerror(errno));
  if (fd >= 0) close(fd);
  if (count == TABLE_TEXT_LIMIT - 1) report("%s: only the first %zd bytes are read", path, count);
  text[count > 0 ? count : 0] = 0;
}

/* Time until the next service is due, at most an hour. */
static int next_due_ms(void) {
  int least = 3600000;
  for (size_t i = 0; i < service_count; i++) {
    if (services[i].pid != 0) continue;
    int left = clock_left(services[i].due_ms);
    if (left < least) least = left;
  }
  return least;
}

/* What busybox's halt, poweroff and reboot ask process 1 for. In a closed box nobody is there to ask. */
static void leave(int how) {
  report(how == RB_AUTOBOOT ? "rebooting" : "halting");
  kill(-1, SIGTERM);
  clock_sleep(200);
  sync();
  reboot(how);
}

static void keep_running(const sigset_t *signals, int services_only) {
  for (;;) {
    int how;
    while (bury(WNOHANG, &how) > 0) continue;
    for (size_t i = 0; i < service_count; i++) {
      if (services[i].pid == 0 && clock_left(services[i].due_ms) == 0) start(&services[i]);
    }
    int wait = next_due_ms();
    struct timespec span = {.tv_sec = wait / 1000, .tv_nsec = (long)(wait % 1000) * 1000000};
    int signal = sigtimedwait(signals, 0, &span);
    if (services_only) continue;
    if (signal == SIGTERM) leave(RB_AUTOBOOT);
    if (signal == SIGUSR1) leave(RB_HALT_SYSTEM);
    if (signal == SIGUSR2) leave(RB_POWER_OFF);
  }
}

/* Without a console the kernel starts us with no files open; the next one opened must not become our stderr. */
static void fill_standard_files(void) {
  int fd;
  do {
    fd = open("/", O_RDONLY | O_DIRECTORY);
  } while (fd >= 0 && fd <= 2);
  if (fd > 2) close(fd);
}

int main(int argc, char **argv) {
  fill_standard_files();
  const char *path = "/etc/terra/init";
  int services_only = 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--table") == 0 && i + 1 < argc) path = argv[++i];
    if (strcmp(argv[i], "--services-only") == 0) services_only = 1;
  }
  if (getpid() != 1 && !services_only) {
    report("this is for process 1; --services-only runs the services elsewhere");
    return 2;
  }

  /* All signals wait to be fetched by sigtimedwait, so none is lost and none interrupts. */
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  if (!services_only) {
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    sigaddset(&signals, SIGINT);
  }
  sigprocmask(SIG_BLOCK, &signals, 0);

  if (!services_only) {
    mount_all();
    bring_up_loopback();
    reboot(RB_DISABLE_CAD); /* Ctrl-Alt-Delete: a signal to us, which we ignore, and no reset */
  }
  static char text[TABLE_TEXT_LIMIT];
  static struct table table;
  read_table(path, text);
  table_read(&table, text, report);
  for (size_t i = 0; i < table.count; i++) do_line(&table.lines[i]);
  keep_running(&signals, services_only);
}
