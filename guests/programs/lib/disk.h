/* A box's disks: found by the serial that the TVMM gave each, the name of its slot, and never by their order. */
#ifndef TERRA_DISK_H
#define TERRA_DISK_H

#include <stddef.h>

enum { DISK_PATH_LIMIT = 64 };

/* Writes the device's path, "/dev/vdb"; 0, or -1 if there is no disk of this serial. */
int disk_find(const char *serial, char path[DISK_PATH_LIMIT]);

#endif
