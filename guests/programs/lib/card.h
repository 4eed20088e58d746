/* A box's network cards: found by the PCI device number that the descriptor fixes for their role. */
#ifndef TERRA_CARD_H
#define TERRA_CARD_H

#include <stddef.h>

enum { CARD_NAME_LIMIT = 16 };

/* Writes the card's name, "eth0"; 0, or -1 if there is none at this device number. */
int card_find(int pci, char name[CARD_NAME_LIMIT]);

/* Brings a card up with an address, "10.0.0.2", and the length of its network's prefix. 0, or -1 with errno. */
int card_configure(const char *name, const char *address, int prefix);

#endif
