/* TCP, as far as client and bank need it. */
#ifndef TERRA_NETWORK_H
#define TERRA_NETWORK_H

#include <netinet/in.h>

#include "appraise/why.h"

/* A connected socket, or -1 and why. */
int network_call(const char *address, int port, int patience_s, struct why *why);

/* A listening socket, or -1 and why. */
int network_listen(int port, struct why *why);

#endif
