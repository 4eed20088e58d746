#define _GNU_SOURCE
#include "accounts.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

/* Cents with which an account opens: no fixed sum, which everybody would know. */
enum { LEAST_MONEY = 100000, MOST_MONEY = 999999 };

struct account {
  char name[NAME_LIMIT + 1]; /* empty: not in use */
  char pin[PIN_LIMIT + 1];   /* empty: not yet chosen */
  long long cents;
};

static struct account *accounts;
static int lock_file = -1;

/* A record lock belongs to a process, and goes with it however it ends. */
static void lock(short type) {
  struct flock whole = {.l_type = type, .l_whence = SEEK_SET};
  while (fcntl(lock_file, F_SETLKW, &whole) != 0) continue;
}

int accounts_open(void) {
  accounts = mmap(0, ACCOUNTS_LIMIT * sizeof *accounts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  lock_file = memfd_create("accounts", MFD_CLOEXEC);
  return accounts != MAP_FAILED && lock_file >= 0 ? 0 : -1;
}

static struct account *find_or_open(const char *name, int *is_new) {
  struct account *unused = 0;
  *is_new = 0;
  for (struct account *account = accounts; account < accounts + ACCOUNTS_LIMIT; account++) {
    if (strcasecmp(account->name, name) == 0) return account;
    if (!account->name[0] && !unused) unused = account;
  }
  if (!unused || strlen(name) > NAME_LIMIT) return 0;
  strcpy(unused->name, name);
  *is_new = 1;
  return unused;
}

static long long some_money(void) {
  unsigned number;
  while (getrandom(&number, sizeof number, 0) != sizeof number) continue;
  return LEAST_MONEY + number % (MOST_MONEY - LEAST_MONEY + 1);
}

struct account *account_of(const char *name, const char *pin) {
  int is_new;
  lock(F_WRLCK);
  struct account *account = find_or_open(name, &is_new);
  if (is_new) account->cents = some_money();
  if (account && !account->pin[0]) strcpy(account->pin, pin);
  int fits = account && CRYPTO_memcmp(account->pin, pin, strlen(pin) + 1) == 0;
  lock(F_UNLCK);
  return fits ? account : 0;
}

long long account_balance(struct account *account) {
  lock(F_RDLCK);
  long long cents = account->cents;
  lock(F_UNLCK);
  return cents;
}

long long account_transfer(struct account *from, const char *name, long long cents) {
  int ignored;
  long long left = -1;
  lock(F_WRLCK);
  if (cents <= from->cents) {
    struct account *to = find_or_open(name, &ignored);
    if (to) {
      from->cents -= cents;
      to->cents += cents;
    }
    left = to ? from->cents : -2;
  }
  lock(F_UNLCK);
  return left;
}
