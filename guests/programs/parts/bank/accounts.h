/*
 * The bank's accounts: in memory, for as long as the box runs, and shared by the processes that serve one client each.
 * Nothing of them is ever written, shown or logged here.
 */
#ifndef TERRA_ACCOUNTS_H
#define TERRA_ACCOUNTS_H

#include "message.h"

enum { ACCOUNTS_LIMIT = 64 };

struct account;

/* Before any process is made. 0, or -1 if there is no memory. */
int accounts_open(void);

/*
 * The account of that name, which is opened with some money if there is none yet; 0 if the PIN is another, or if there is no
 * room. An account that was opened by a transfer takes the PIN of who comes first.
 */
struct account *account_of(const char *name, const char *pin);

long long account_balance(struct account *account);

/* Cents left after the transfer; -1: not that much money; -2: no room for another account. */
long long account_transfer(struct account *from, const char *name, long long cents);

#endif
